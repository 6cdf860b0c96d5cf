import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// The main job: one announcement to everybody over everything that works.
    static let send = CommandSpec(
        path: ["send"], summary: "Send an announcement, or show what would be sent",
        operands: [.init(name: "TEMPLATE", help: "a folder under templates/, such as outage")],
        options: [
            .value(
                "to", "AUDIENCE",
                "who: all, tag:X, locale:it, has:sms, id:X, ids:FILE, attr.plan:premium, reached:ID, "
                    + "told:ID, missed:ID; with and, or, not and parentheses"),
            .value(
                "closes", "ID",
                "end announcement ID: what waits of it is cancelled, and this one goes to those who were told, "
                    + "where each was told; instead of --to"),
            .repeated("set", "NAME=VALUE", "a variable of the template"),
            .value("channels", "A,B", "only these channels"),
            .value("reach", "every|first", "each channel a contact has, or one, the next when it fails"),
            .flag("wait", "wait for channels that are marked down instead of skipping them"),
            .value("expires", "6h", "how long a delivery may wait"),
            .value("priority", "PRIORITY", "urgent, normal or bulk"),
            .value("id", "ID", "the announcement's id; the same command again continues it"),
            .flag("again", "send it once more though the same went out within 24 hours"),
            .value("linger", "60s", "how long to stay when only retries and channels that are down are left"),
            .flag("yes", "do not ask; then a channel whose secret is missing has to be left out by name"),
            .value("people", "N", "refuse unless the audience has N people, 5 % either way"),
            .value("max-cost", "50EUR", "refuse when it would cost more; who moves on is bounded too"),
            .value("digest", "D", "refuse when it is not what the preview with this digest showed"),
            .flag("skip-unknown", "leave out ids that no contact has instead of refusing"),
            .flag("dry-run", "show who would get what, send nothing, write nothing"),
            .repeated("contact", "ID", "with --dry-run: show this person's messages"),
            .value(
                "html", "FILE",
                "with --dry-run: write a page to be approved into FILE, which only you can read: every message as "
                    + "its readers see it, the plan, and how to send exactly this"),
            .value(
                "rehearse", "DIR",
                "send nothing; write every mail (.eml) and request (.http) into DIR, which is new or empty"),
            .flag(
                "replace",
                "with --html: take the place of an earlier page in FILE; with --rehearse: of an earlier rehearsal "
                    + "in DIR"),
            .repeated(
                "test-to", "CONTACT",
                "send a test, marked as one, to this contact of yours and to nobody else"),
        ],
        details: [
            "Exit codes: 0 everyone reached, 1 someone was not, 2 the disk failed, 3 some wait, 64 usage, 65 bad "
                + "data, 66 no such file, 69 channels are down, 78 configuration, 130 interrupted."
        ],
        examples: [
            "tocsin send outage --to all --set service=Checkout --dry-run",
            "tocsin send outage --to all --set service=Checkout --dry-run --html page.html",
            "tocsin send outage --to all --set service=Checkout --rehearse rehearsal",
            "tocsin send outage --set service=Checkout --test-to C0001",
            "tocsin send outage --to tag:customer --set service=Checkout --id outage-42",
            "tocsin send resolved --closes outage-42 --set service=Checkout",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let order = try SendOrder(invocation)
        if let trial = order.trial { return try await trial.run(order, session) }
        let (configured, refusals) =
            order.isDry ? try session.previewable() : (try session.configured(), [])
        let store = order.isDry ? try session.storeForReading(configured) : try session.store(configured)
        if !order.isDry {
            try await session.translating { () async throws(StoreError) in
                try await store.requireAdopted(in: configured.zone)
            }
        }
        let draft = try await Draft(order, configured, session, store)
        if order.isDry {
            let run = DryRun(order: order, draft: draft, session: session, refusals: refusals)
            return try await run.show()
        }
        return try await Interruption.heard(by: session) { (session) async throws(CommandFailure) in
            try await Sending(order: order, draft: draft, configured: configured, session: session).send()
        }
    }
}
