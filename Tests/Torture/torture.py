"""Kills a sending Tocsin with SIGKILL at random moments, resumes it, and counts what arrived.

    python3 torture.py TOCSIN [--rounds N] [--people N] [--seed N] [--keep]

Every round is a folder, a store and an announcement of its own: each person gets a mail and a webhook request. It is
killed once to three times, then resumed until it is done. Nobody may be lost, every copy of a message must carry the
same key, and a kill may cost no more extra copies of a channel than its connections plus one group of outcomes. The
seed is printed; the same seed picks the same moments. Ends with 1 when a law was broken, and says which round to keep.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

CONNECTIONS = {"email": 16, "crm": 8}
# One group of outcomes that may be uncommitted: Sources/Dispatching/OutcomeBuffer.swift.
GROUP = 256


class Arrivals:
    """What a round's receivers took, by channel: one (person, key) for each copy."""

    def __init__(self):
        self.copies = {"email": [], "crm": []}

    def take(self, channel, person, key):
        self.copies[channel].append((person, key))


class Receivers:
    """A mail server and a webhook endpoint that take everything, a little slower than the wire."""

    def __init__(self):
        self.arrivals = Arrivals()
        self.loop = asyncio.new_event_loop()
        self.ports = {}
        for name, serve in (("smtp", self.mail), ("http", self.hook)):
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
                    await asyncio.sleep(0.002)
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

    async def hook(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = dict(
                    line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line
                )
                body = json.loads(await reader.readexactly(int(fields["content-length"])))
                await asyncio.sleep(0.002)
                self.arrivals.take("crm", body["person"], fields["webhook-id"])
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def configuration(ports):
    def common(name):
        retry = {"first": "100ms", "cap": "500ms", "within": "1h"}
        return {"company": "Acme", "private": True, "connections": CONNECTIONS[name], "retry": retry}

    mail = {"type": "smtp", "url": f"smtp://127.0.0.1:{ports['smtp']}", "tls": "none", "from": "a@acme.example"}
    body = {"json": {"person": "{{contact.id}}", "text": "{{text}}"}}
    hook = {"type": "webhook", "url": f"http://127.0.0.1:{ports['http']}/", "per": "contact", "body": body}
    hook["secret"] = {"env": "HOOK_SECRET"}
    channels = {"email": {**mail, **common("email")}, "crm": {**hook, **common("crm")}}
    return {"sender": {"name": "Acme", "locale": "en"}, "store": "tocsin.db", "channels": channels}


class Round:
    """One folder with a store, people and a template."""

    def __init__(self, tocsin, people, receivers):
        self.tocsin, self.people, self.receivers = tocsin, people, receivers
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-torture."))
        config = self.folder / "channels.json"
        config.write_text(json.dumps(configuration(receivers.ports)))
        config.chmod(0o600)
        template = self.folder / "templates" / "note"
        template.mkdir(parents=True)
        (template / "message.md").write_text("---\nsubject: Down\npurpose: service\n---\nDear {{contact.name}}, sorry.\n")
        rows = [f"p{number},P {number},p{number}@example.org" for number in range(people)]
        (self.folder / "people.csv").write_text("\n".join(["id,name,email"] + rows) + "\n")
        receivers.arrivals = Arrivals()
        self.run("contacts", "import", "people.csv")

    def start(self, *words):
        environment = {**os.environ, "HOOK_SECRET": "whsec_" + "ZGRk" * 11}
        return subprocess.Popen(
            [self.tocsin, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def run(self, *words):
        process = self.start(*words)
        output, errors = process.communicate()
        return process.returncode, output, errors

    def send(self):
        return self.start("send", "note", "--to", "all", "--yes", "--id", "torture")

    def kill_after(self, process, delay):
        """Whether it was still running when it was killed."""
        try:
            process.communicate(timeout=delay)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True

    def end(self):
        """Goes on until it is done; returns the report."""
        for _ in range(20):
            code, _, errors = self.run("send", "note", "--to", "all", "--yes", "--id", "torture")
            if code != 3:
                break
        if code != 0:
            raise SystemExit(f"the last send ended with {code}: {errors.decode()} ({self.folder})")
        return json.loads(self.run("report", "torture", "--json")[1])

    def problems(self, report, kills):
        """Every law that does not hold, and the number of extra copies by channel."""
        problems, extra = [], {}
        for channel, copies in self.receivers.arrivals.copies.items():
            keys = collections.defaultdict(set)
            for person, key in copies:
                keys[person].add(key)
            lost = self.people - len(keys)
            extra[channel] = len(copies) - len(keys)
            if lost:
                problems.append(f"{channel}: {lost} lost")
            if any(len(found) > 1 for found in keys.values()):
                problems.append(f"{channel}: a copy has another key")
            if len({key for _, key in copies}) != len(keys):
                problems.append(f"{channel}: two people have one key")
            if extra[channel] > kills * (CONNECTIONS[channel] + GROUP):
                problems.append(f"{channel}: {extra[channel]} extra copies after {kills} kills")
            counts = report["channels"][channel]
            if counts["accepted"] != self.people:
                problems.append(f"{channel}: the report says {counts['accepted']} of {self.people}")
        return problems, extra


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tocsin", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    options.tocsin = options.tocsin.resolve()
    chance = random.Random(options.seed)
    receivers = Receivers()

    calm = Round(options.tocsin, options.people, receivers)
    begun = time.monotonic()
    calm.end()
    whole = time.monotonic() - begun
    shutil.rmtree(calm.folder)
    print(f"seed {options.seed}; {2 * options.people} deliveries take {whole:.2f} s when nobody interferes", flush=True)

    all_kills, worst, broken = 0, {"email": 0, "crm": 0}, 0
    totals = {"email": 0, "crm": 0}
    for number in range(1, options.rounds + 1):
        torment = Round(options.tocsin, options.people, receivers)
        kills = 0
        for _ in range(chance.randint(1, 3)):
            kills += torment.kill_after(torment.send(), chance.uniform(0, whole))
        problems, extra = torment.problems(torment.end(), kills)
        all_kills += kills
        for channel, count in extra.items():
            totals[channel] += count
            worst[channel] = max(worst[channel], count / max(kills, 1))
        said = ", ".join(problems) or "nobody lost, every copy under its key"
        print(f"round {number}: {kills} kills, extra copies {extra['email']} mails, {extra['crm']} requests: {said}", flush=True)
        broken += bool(problems)
        if problems or options.keep:
            print(f"  kept: {torment.folder}")
        else:
            shutil.rmtree(torment.folder)
    print(
        f"{options.rounds} rounds, {all_kills} kills: {broken} broke a law; extra copies {totals['email']} mails, "
        f"{totals['crm']} requests; at most {worst['email']:.0f} mails and {worst['crm']:.0f} requests a kill"
    )
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
