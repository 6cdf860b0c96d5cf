"""What the torture scripts share: receivers that remember every copy, and rounds of one folder, store and announcement."""

import asyncio
import collections
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time

CONNECTIONS = {"email": 16, "crm": 8, "sms": 4, "hole": 8}
# One group of outcomes that may be uncommitted: Sources/Dispatching/OutcomeBuffer.swift.
GROUP = 256
# What a channel does with an outcome that was never learnt, as configured by default.
RETRIES_UNKNOWN = {"email": True, "crm": True, "sms": False}
ID = "torture"


def wait(is_so, what, seconds=60):
    """Returns once `is_so`."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds} s in vain for {what}")
        time.sleep(0.005)


class Arrivals:
    """What a round's receivers took, by channel: one (person, key) for each copy, and when; SMS have no key.

    `senders` has what stood behind the `?` of the address, for rounds in which two processes send.
    """

    def __init__(self):
        self.copies = {name: [] for name in CONNECTIONS}
        self.times = {name: [] for name in CONNECTIONS}
        self.senders = {name: [] for name in CONNECTIONS}

    def take(self, channel, person, key, sender=""):
        self.copies[channel].append((person, key))
        self.times[channel].append(time.monotonic())
        self.senders[channel].append(sender)

    def wait(self, channel, count, seconds=60):
        """Returns once so many copies came."""
        wait(lambda: len(self.copies[channel]) >= count, f"{count} on {channel}", seconds)

    def keys(self, channel):
        """The keys of each person's copies, and how many copies came."""
        keys = collections.defaultdict(set)
        for person, key in self.copies[channel]:
            keys[person].add(key)
        return keys, len(self.copies[channel])


class Receivers:
    """A mail server, a webhook endpoint and an SMS gateway that take everything, a little slower than the wire.

    And a hole: a port at which connections are never taken.
    """

    def __init__(self, pause=0.002):
        self.pause = pause
        self.gate = None
        # How many mails have come as far as their recipient.
        self.begun = 0
        self.arrivals = Arrivals()
        self.loop = asyncio.new_event_loop()
        self.ports = {}
        for name, serve in (("smtp", self.mail), ("http", self.web)):
            server = self.loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
            self.ports[name] = server.sockets[0].getsockname()[1]
        self.hole = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.ports["hole"] = self.hole.getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def hold(self):
        """Requests are taken from now on, and not answered before `release`; of mails the recipient."""
        self.gate = asyncio.Event()

    def release(self):
        gate, self.gate = self.gate, None
        self.loop.call_soon_threadsafe(gate.set)

    async def mail(self, reader, writer):
        person, sender = None, ""
        try:
            writer.write(b"220 sink ESMTP\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250 sink\r\n")
                elif verb == b"MAIL":
                    sender = line.split(b"<")[1].split(b"@")[0].decode().partition("?")[2]
                    writer.write(b"250 OK\r\n")
                elif verb == b"RCPT":
                    person = line.split(b"<")[1].split(b"@")[0].decode()
                    self.begun += 1
                    if self.gate:
                        await self.gate.wait()
                    writer.write(b"250 OK\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    await asyncio.sleep(self.pause)
                    head = text.split(b"\r\n\r\n")[0].lower()
                    key = head.split(b"message-id:")[1].split(b"\r\n")[0].strip().decode()
                    self.arrivals.take("email", person, key, sender)
                    writer.write(b"250 2.0.0 taken\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 OK\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def web(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = json.loads(await reader.readexactly(int(fields["content-length"])))
                await asyncio.sleep(self.pause)
                channel, _, sender = lines[0].split()[1].strip("/").partition("?")
                self.arrivals.take(channel, body["person"], fields.get("webhook-id", ""), sender)
                if self.gate:
                    await self.gate.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def configuration(ports, channels, more=None, sender=""):
    """The `channels` with `more` settings of each, as the process sees them whose requests shall name it `sender`."""

    def common(name):
        retry = {"first": "100ms", "cap": "500ms", "within": "1h"}
        settings = {"company": "Acme", "private": True, "connections": CONNECTIONS[name], "retry": retry}
        return {**settings, "quietHours": "none", **(more or {}).get(name, {})}

    web = f"http://127.0.0.1:{ports['http']}"
    kinds = {
        "email": {"type": "smtp", "url": f"smtp://127.0.0.1:{ports['smtp']}", "tls": "none",
                  "from": f"a{sender}@acme.example"},
        "crm": {"type": "webhook", "url": f"{web}/crm{sender}", "per": "contact", "secret": {"env": "HOOK_SECRET"},
                "body": {"json": {"person": "{{contact.id}}", "text": "{{text}}"}}},
        "sms": {"type": "sms", "url": f"{web}/sms{sender}", "body": {"json": {"person": "{{to}}", "text": "{{text}}"}}},
        "hole": {"type": "webhook", "url": f"http://127.0.0.1:{ports['hole']}/", "per": "contact",
                 "secret": {"env": "HOOK_SECRET"}},
    }
    chosen = {name: {**kinds[name], **common(name)} for name in channels}
    return {"sender": {"name": "Acme", "locale": "en"}, "store": "tocsin.db", "channels": chosen}


class Round:
    """One folder with a store, people and a template; `within` the given one, with `more` settings of channels."""

    def __init__(self, tocsin, people, receivers, channels=("email", "crm"), within=None, more=None):
        self.tocsin, self.people, self.receivers, self.channels = tocsin, people, receivers, channels
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-torture.", dir=within))
        self.configure("channels.json", more)
        template = self.folder / "templates" / "note"
        template.mkdir(parents=True)
        text = "---\nsubject: Down\npurpose: service\n---\nDear {{contact.name}}, sorry.\n"
        (template / "message.md").write_text(text)
        self.list("people.csv", range(people))
        receivers.arrivals = Arrivals()
        self.must("contacts", "import", "people.csv")

    def must(self, *words):
        """Runs what has to end well."""
        code, _, errors = self.run(*words)
        if code != 0:
            raise SystemExit(f"{' '.join(words)} ended with {code}: {errors.decode()} ({self.folder})")

    def configure(self, name, more=None, sender=""):
        config = self.folder / name
        config.write_text(json.dumps(configuration(self.receivers.ports, self.channels, more, sender)))
        config.chmod(0o600)

    def list(self, name, numbers):
        """Writes a list of people; only a channel for texts needs their numbers."""
        head = "id,name,email" + (",phone" if "sms" in self.channels else "")
        with open(self.folder / name, "w", encoding="utf-8") as file:
            print(head, file=file)
            for n in numbers:
                phone = f",+3933312{n:05}" if "sms" in self.channels else ""
                print(f"p{n},P {n},p{n}@example.org{phone}", file=file)

    def start(self, *words, before=()):
        environment = {**os.environ, "HOOK_SECRET": "whsec_" + "ZGRk" * 11}
        return subprocess.Popen(
            [*before, self.tocsin, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def run(self, *words, before=()):
        process = self.start(*words, before=before)
        output, errors = process.communicate()
        return process.returncode, output, errors

    @property
    def order(self):
        return ("send", "note", "--to", "all", "--yes", "--id", ID)

    def end(self):
        """Goes on until it is done; returns the report and the last exit code."""
        for _ in range(20):
            code, _, errors = self.run(*self.order)
            if code != 3:
                break
        if code not in (0, 1):
            raise SystemExit(f"the last send ended with {code}: {errors.decode()} ({self.folder})")
        return json.loads(self.run("report", ID, "--json")[1]), code

    def problems(self, report, allowed, kills=1):
        """Every law that does not hold, and the extra copies by channel; `allowed` says how many there may be."""
        problems, extra = [], {}
        for channel in self.channels:
            keys, copies = self.receivers.arrivals.keys(channel)
            counts = report["channels"][channel]
            extra[channel] = copies - len(keys)
            lost = self.people - len(keys)
            settled = counts["accepted"] + counts["unknown"]
            if settled != self.people:
                problems.append(f"{channel}: the report says {settled} of {self.people}")
            # Only what the report calls unknown may not have arrived, and only where that is not tried again; of that
            # only what had a connection at a kill: what was claimed and not begun leaves later.
            begun = min(counts["unknown"], kills * CONNECTIONS[channel])
            if lost > (0 if RETRIES_UNKNOWN[channel] else begun):
                problems.append(f"{channel}: {lost} lost, {counts['unknown']} unknown, {begun} begun at most")
            if RETRIES_UNKNOWN[channel] and counts["unknown"]:
                problems.append(f"{channel}: {counts['unknown']} unknown")
            if any(len(found) > 1 for found in keys.values()):
                problems.append(f"{channel}: a copy has another key")
            if channel != "sms" and len(set.union(set(), *keys.values())) != len(keys):
                problems.append(f"{channel}: two people have one key")
            if extra[channel] > allowed(channel):
                problems.append(f"{channel}: {extra[channel]} extra copies, {allowed(channel)} allowed")
        return problems, extra
