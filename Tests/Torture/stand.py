"""What the torture scripts share: receivers that remember every copy, and rounds of one folder, store and announcement."""

import asyncio
import collections
import json
import os
import pathlib
import subprocess
import tempfile
import threading

CONNECTIONS = {"email": 16, "crm": 8, "sms": 4}
# What a channel does with an outcome that was never learnt, as configured by default.
RETRIES_UNKNOWN = {"email": True, "crm": True, "sms": False}
ID = "torture"


class Arrivals:
    """What a round's receivers took, by channel: one (person, key) for each copy; SMS have no key."""

    def __init__(self):
        self.copies = {name: [] for name in CONNECTIONS}

    def take(self, channel, person, key):
        self.copies[channel].append((person, key))

    def keys(self, channel):
        """The keys of each person's copies, and how many copies came."""
        keys = collections.defaultdict(set)
        for person, key in self.copies[channel]:
            keys[person].add(key)
        return keys, len(self.copies[channel])


class Receivers:
    """A mail server, a webhook endpoint and an SMS gateway that take everything, a little slower than the wire."""

    def __init__(self, pause=0.002):
        self.pause = pause
        self.arrivals = Arrivals()
        self.loop = asyncio.new_event_loop()
        self.ports = {}
        for name, serve in (("smtp", self.mail), ("http", self.web)):
            server = self.loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
            self.ports[name] = server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def mail(self, reader, writer):
        person = None
        try:
            writer.write(b"220 sink ESMTP\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250 sink\r\n")
                elif verb == b"RCPT":
                    person = line.split(b"<")[1].split(b"@")[0].decode()
                    writer.write(b"250 OK\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    await asyncio.sleep(self.pause)
                    head = text.split(b"\r\n\r\n")[0].lower()
                    key = head.split(b"message-id:")[1].split(b"\r\n")[0].strip().decode()
                    self.arrivals.take("email", person, key)
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
                channel = lines[0].split()[1].strip("/")
                self.arrivals.take(channel, body["person"], fields.get("webhook-id", ""))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def configuration(ports, channels):
    def common(name):
        retry = {"first": "100ms", "cap": "500ms", "within": "1h"}
        return {"company": "Acme", "private": True, "connections": CONNECTIONS[name], "retry": retry}

    web = f"http://127.0.0.1:{ports['http']}"
    kinds = {
        "email": {"type": "smtp", "url": f"smtp://127.0.0.1:{ports['smtp']}", "tls": "none", "from": "a@acme.example"},
        "crm": {"type": "webhook", "url": f"{web}/crm", "per": "contact", "secret": {"env": "HOOK_SECRET"},
                "body": {"json": {"person": "{{contact.id}}", "text": "{{text}}"}}},
        "sms": {"type": "sms", "url": f"{web}/sms", "body": {"json": {"person": "{{to}}", "text": "{{text}}"}}},
    }
    chosen = {name: {**kinds[name], **common(name)} for name in channels}
    return {"sender": {"name": "Acme", "locale": "en"}, "store": "tocsin.db", "channels": chosen}


class Round:
    """One folder with a store, people and a template."""

    def __init__(self, tocsin, people, receivers, channels=("email", "crm")):
        self.tocsin, self.people, self.receivers, self.channels = tocsin, people, receivers, channels
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-torture."))
        config = self.folder / "channels.json"
        config.write_text(json.dumps(configuration(receivers.ports, channels)))
        config.chmod(0o600)
        template = self.folder / "templates" / "note"
        template.mkdir(parents=True)
        text = "---\nsubject: Down\npurpose: service\n---\nDear {{contact.name}}, sorry.\n"
        (template / "message.md").write_text(text)
        rows = [f"p{n},P {n},p{n}@example.org,+3933312{n:05}" for n in range(people)]
        (self.folder / "people.csv").write_text("\n".join(["id,name,email,phone"] + rows) + "\n")
        receivers.arrivals = Arrivals()
        code, _, errors = self.run("contacts", "import", "people.csv")
        if code != 0:
            raise SystemExit(f"the import ended with {code}: {errors.decode()}")

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

    def problems(self, report, allowed):
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
            # Only what the report calls unknown may not have arrived, and only where that is not tried again.
            if lost > (0 if RETRIES_UNKNOWN[channel] else counts["unknown"]):
                problems.append(f"{channel}: {lost} lost, {counts['unknown']} unknown")
            if RETRIES_UNKNOWN[channel] and counts["unknown"]:
                problems.append(f"{channel}: {counts['unknown']} unknown")
            if any(len(found) > 1 for found in keys.values()):
                problems.append(f"{channel}: a copy has another key")
            if channel != "sms" and len(set.union(set(), *keys.values())) != len(keys):
                problems.append(f"{channel}: two people have one key")
            if extra[channel] > allowed(channel):
                problems.append(f"{channel}: {extra[channel]} extra copies, {allowed(channel)} allowed")
        return problems, extra
