/// The tables of a store.
///
/// Times are UTC milliseconds; a name or list never holds a separator of its column.
enum Schema {
    /// `Tocs`, at a fixed place of the file's header: whose file it is.
    static let applicationID: Int64 = 0x546F_6373
    /// Counts the changes of the schema, in the file's header; a store with a higher one is not touched.
    static let version: Int64 = 1

    /// Announcements that are not over, word for word as the index says it, so that queries may use it.
    static let openStates = "state IN ('planning', 'scheduled', 'running', 'paused')"

    /// Everything a new store holds.
    static let script =
        people + revisions + suppressions + announcements + files + deliveries + copyOnWrite + channels

    /// What a journal holds that stands beside the people of another store.
    static let journal = revisions + suppressions + announcements + files + deliveries + channels

    private static let people = """
        -- Facts about the store itself: 'secret' (32 random bytes, the key of every hash), 'created_at', 'file' (which
        -- file it was made in, or adopted in), 'copied_at' and 'restored_at' (of a backup, until it is adopted),
        -- 'opt_outs' (1: of a backup that knows who has opted out since, until it is adopted), 'parted MOMENT' (when
        -- the copy that was adopted then had parted from its original), 'purged_until' (what ended before is gone),
        -- 'loose' (a purge, or an erasure cut short, has left free pages behind).
        CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) WITHOUT ROWID, STRICT;

        -- People. `seq` is never used again, so that the deliveries of a removed contact stay nobody else's.
        CREATE TABLE contacts(
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL DEFAULT '',
          locale TEXT, timezone TEXT,
          tags TEXT NOT NULL DEFAULT '',            -- ';a;b;', sorted; '' for none
          attributes TEXT NOT NULL DEFAULT '',      -- char(31) name char(30) value ... char(31), sorted; '' for none
          prefer TEXT NOT NULL DEFAULT '',          -- ';email;sms;', in order
          consent TEXT NOT NULL DEFAULT '',         -- '' none, '*' all, ';email;sms;' these
          consent_source TEXT NOT NULL DEFAULT '',
          consent_date TEXT NOT NULL DEFAULT '',
          email TEXT, phone TEXT, telegram TEXT,    -- canonical
          email_key BLOB, phone_key BLOB, telegram_key BLOB,  -- keyed hash of kind and address, 16 bytes
          revision INTEGER NOT NULL DEFAULT 1,      -- goes up with every change
          created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
        ) STRICT;
        -- No index on the keys: hashes come in no order, and a merge of a million contacts would hold its lock for long.
        CREATE INDEX contacts_email ON contacts(email COLLATE NOCASE) WHERE email IS NOT NULL;
        CREATE INDEX contacts_phone ON contacts(phone) WHERE phone IS NOT NULL;
        CREATE INDEX contacts_telegram ON contacts(telegram) WHERE telegram IS NOT NULL;

        -- What a removed contact was called, for its history, until it is erased.
        CREATE TABLE removed_contacts(
          seq INTEGER PRIMARY KEY, id TEXT NOT NULL, removed_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX removed_contacts_id ON removed_contacts(id);

        """

    private static let revisions = """
        -- How a contact was when a delivery that is still open was first tried: attempt n + 1 equals attempt n.
        CREATE TABLE contact_revisions(
          contact INTEGER NOT NULL, revision INTEGER NOT NULL,
          id TEXT NOT NULL, name TEXT NOT NULL, locale TEXT, timezone TEXT, tags TEXT NOT NULL,
          attributes TEXT NOT NULL, prefer TEXT NOT NULL, consent TEXT NOT NULL,
          consent_source TEXT NOT NULL, consent_date TEXT NOT NULL,
          email TEXT, phone TEXT, telegram TEXT, email_key BLOB, phone_key BLOB, telegram_key BLOB,
          PRIMARY KEY(contact, revision)
        ) WITHOUT ROWID, STRICT;

        """

    private static let suppressions = """
        -- Standing orders not to send; the address itself is not kept.
        -- The columns of the key come first and in its order: otherwise integrity_check finds NULLs that are not there.
        CREATE TABLE suppressions(
          key BLOB NOT NULL, kind TEXT NOT NULL,    -- as in contacts.*_key
          proposed INTEGER NOT NULL DEFAULT 0,      -- 1: waits for a person to say yes, blocks nothing
          extent TEXT NOT NULL, reason TEXT NOT NULL, source TEXT NOT NULL, since INTEGER NOT NULL,
          entered_at INTEGER,                       -- when it came by a list that dates it, a yes, a restore; NULL: then
          PRIMARY KEY(key, kind, proposed, extent)
        ) WITHOUT ROWID, STRICT;

        """

    private static let announcements = """
        CREATE TABLE announcements(
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          state TEXT NOT NULL,
          digest TEXT NOT NULL,                     -- of content, audience and channels
          body TEXT NOT NULL,                       -- the announcement, frozen, JSON
          template TEXT NOT NULL, purpose TEXT NOT NULL, reach TEXT NOT NULL, once TEXT NOT NULL,  -- as in the body
          rank INTEGER NOT NULL,                    -- of the priority, 0 goes first
          pause_reason TEXT NOT NULL DEFAULT '',
          planning INTEGER NOT NULL DEFAULT 0,      -- goes up with each pass of planning; an older pass may not write
          created_at INTEGER NOT NULL, due INTEGER NOT NULL, finished_at INTEGER,
          spent TEXT NOT NULL DEFAULT '0',          -- planned and added by failing over, in the currency of its bound
          boot TEXT, clock INTEGER,                 -- the wall clock of its times: what it showed when that boot began
          looked_clock INTEGER,                     -- the same when a person last let it go on since; NULL when nobody has
          deadline INTEGER,                         -- nobody's next channel begins or lasts beyond it; NULL for none
          original_until INTEGER,                   -- what was due by then the original may have sent; NULL: this is no copy
          original_token INTEGER,                   -- the original's last lease: what has a later token, the copy has tried
          closes INTEGER                            -- the announcement that it ends, whose readers it tells; NULL for none
        ) STRICT;
        CREATE INDEX announcements_open ON announcements(rank, due, seq)
          WHERE \(openStates);
        CREATE INDEX announcements_digest ON announcements(digest, created_at);
        CREATE INDEX announcements_closes ON announcements(closes) WHERE closes IS NOT NULL;

        -- The channels an announcement was planned for, as they were configured then.
        CREATE TABLE announcement_channels(
          announcement INTEGER NOT NULL, channel TEXT NOT NULL,
          position INTEGER NOT NULL,                -- in the configured order, from 0
          company TEXT NOT NULL, kind TEXT,         -- kind of address; NULL when it needs none
          repeats INTEGER,                          -- how often what may have arrived is sent again; NULL is no bound
          after_unknown TEXT NOT NULL,              -- 'next': what ends as unknown leads on under reach first, or 'stop'
          within INTEGER NOT NULL,                  -- ms after its due time in which a delivery may leave
          first_expiry INTEGER,                     -- no queued delivery expires sooner; NULL when none is queued
          hold TEXT,                                -- why it is paused for this announcement; NULL when it is not
          settings TEXT NOT NULL,                   -- a digest of its settings, as whoever accepted this had read them
          -- How many had been tried and were final, and refused, when a person last let it go on.
          looked_ended INTEGER NOT NULL DEFAULT 0, looked_refused INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY(announcement, channel)
        ) WITHOUT ROWID, STRICT;

        -- How many deliveries stand where; kept in step by every transaction that moves some.
        CREATE TABLE tallies(
          announcement INTEGER NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL,
          reason TEXT NOT NULL,                     -- of a skip, else ''
          count INTEGER NOT NULL,
          PRIMARY KEY(announcement, channel, state, reason)
        ) WITHOUT ROWID, STRICT;

        """

    private static let deliveries = """
        CREATE TABLE deliveries(
          id INTEGER PRIMARY KEY,
          announcement INTEGER NOT NULL,            -- announcements.seq
          contact INTEGER,                          -- contacts.seq; NULL for a public place
          channel TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT NOT NULL DEFAULT '',          -- of a skip
          attempts INTEGER NOT NULL DEFAULT 0,
          due INTEGER NOT NULL, next_at INTEGER NOT NULL, expires INTEGER NOT NULL,
          first_attempt_at INTEGER,
          revision INTEGER,                         -- of the contact, at the first attempt; 0 once it is erased
          in_doubt INTEGER NOT NULL DEFAULT 0,      -- attempts that may have been handed over: with any, it never ends as if none had
          moved_to TEXT,                            -- the address the provider named instead
          leader INTEGER,                           -- of a duplicate address: the delivery that carries the one copy
          fault_scope TEXT, fault_code TEXT, fault_detail TEXT,
          provider_id TEXT,
          answer TEXT,                              -- what the provider said when it took it
          settled_at INTEGER,
          token INTEGER,                            -- of the lease under which it was claimed
          -- 0: on a channel that leaves an unknown outcome, it was claimed last and its request has surely not left.
          begun INTEGER NOT NULL DEFAULT 0,
          stranded INTEGER NOT NULL DEFAULT 0       -- 1: reach first, failed, and nobody has chosen the next channel yet
        ) STRICT;
        CREATE UNIQUE INDEX deliveries_person ON deliveries(announcement, contact, channel) WHERE contact IS NOT NULL;
        CREATE UNIQUE INDEX deliveries_public ON deliveries(announcement, channel) WHERE contact IS NULL;
        CREATE INDEX deliveries_queued ON deliveries(announcement, channel, next_at, id) WHERE state = 'queued';
        CREATE INDEX deliveries_sending ON deliveries(announcement, channel) WHERE state = 'sending';
        CREATE INDEX deliveries_stranded ON deliveries(announcement) WHERE stranded = 1;
        CREATE INDEX deliveries_leader ON deliveries(leader) WHERE leader IS NOT NULL;

        """

    private static let copyOnWrite = """
        -- Copy on write: a change of a contact keeps what its open, already tried deliveries were made of.
        CREATE TRIGGER contacts_keep_revision
        BEFORE UPDATE OF name, locale, timezone, tags, attributes, prefer, email, phone, telegram ON contacts
        WHEN EXISTS (
          SELECT 1 FROM announcements a CROSS JOIN deliveries d
            ON d.announcement = a.seq AND d.contact = OLD.seq
          WHERE a.\(openStates)
            AND d.state IN ('queued', 'sending') AND d.revision <= OLD.revision)
        BEGIN
          INSERT INTO contact_revisions(
            contact, revision, id, name, locale, timezone, tags, attributes, prefer, consent, consent_source,
            consent_date, email, phone, telegram, email_key, phone_key, telegram_key)
          VALUES (
            OLD.seq, OLD.revision, OLD.id, OLD.name, OLD.locale, OLD.timezone, OLD.tags, OLD.attributes, OLD.prefer,
            OLD.consent, OLD.consent_source, OLD.consent_date, OLD.email, OLD.phone, OLD.telegram,
            OLD.email_key, OLD.phone_key, OLD.telegram_key)
          ON CONFLICT DO NOTHING;
        END;

        """

    private static let channels = """
        -- What a person said of a channel, a company or something channels depend on.
        CREATE TABLE marks(
          scope TEXT NOT NULL, name TEXT NOT NULL,
          word TEXT NOT NULL,                       -- 'down', or 'up': used whatever outside word says
          why TEXT NOT NULL, who TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER,  -- NULL: until lifted
          PRIMARY KEY(scope, name)
        ) WITHOUT ROWID, STRICT;

        -- What the dispatcher's own evidence last said: other processes show it, the next dispatcher goes on from it.
        CREATE TABLE health(
          channel TEXT PRIMARY KEY, state TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, code TEXT, detail TEXT,
          faults TEXT NOT NULL DEFAULT '[]',        -- the last few, JSON
          hastened INTEGER NOT NULL DEFAULT 0,      -- 1: a person wants it probed at once; 2: its rest is over too
          erased INTEGER NOT NULL DEFAULT 0,        -- 1: a person was erased; the dispatcher may still know what was said of them
          -- When the rest is over that the provider asked for; its uptime in ms of the boot-time clock of `rest_boot`.
          rest INTEGER, rest_since INTEGER, rest_why TEXT, rest_boot TEXT, rest_uptime INTEGER,
          rest_origin TEXT                          -- 'asked', 'too-fast' without a time, which is ours, or 'per-day'
        ) WITHOUT ROWID, STRICT;

        -- What was heard last of each company whose status is asked for.
        CREATE TABLE outside(
          company TEXT PRIMARY KEY, source TEXT NOT NULL,
          word TEXT,                                -- NULL while nothing was ever said
          why TEXT NOT NULL, since INTEGER NOT NULL, said_at INTEGER NOT NULL,
          until INTEGER NOT NULL,                   -- it counts no longer unless it is renewed
          read_at INTEGER NOT NULL, trouble TEXT NOT NULL
        ) WITHOUT ROWID, STRICT;

        -- The one dispatcher; `token` goes up with each owner, `deadline` is ms of the boot-time clock of `boot`.
        CREATE TABLE lease(
          one INTEGER PRIMARY KEY CHECK (one = 1),
          token INTEGER NOT NULL, owner TEXT NOT NULL, boot TEXT NOT NULL, deadline INTEGER NOT NULL,
          lock TEXT NOT NULL,                       -- which lock file it holds; '' while a stopped one still holds it
          offers INTEGER NOT NULL,                  -- how often a follower could send what a dispatcher could not
          lacks TEXT NOT NULL                       -- ';push u1;sms;': what it, or the last one, cannot send there
        ) STRICT;
        INSERT INTO lease VALUES (1, 0, '', '', 0, '', 0, '');
        """
}
