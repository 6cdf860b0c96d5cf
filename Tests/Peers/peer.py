"""What all peers share: the first line on standard output, commands on standard input, a log, certificates.

A peer prints one JSON line with its ports, then answers each JSON line it reads with one JSON line:
  {"do": "log"}                   -> everything that happened so far
  {"do": "wait", "count": N, ...} -> the same, once N entries match the other keys given
  {"do": "release"}               -> lets every held reply go
  {"do": "end"}                   -> ends the peer, as the end of its standard input does
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HOMES = []


class Log:
    """Everything a peer saw, in order; also written as JSON lines when a directory is given."""

    def __init__(self, directory=None):
        self.entries = []
        self.changed = threading.Condition()
        self.file = open(os.path.join(directory, "log.jsonl"), "a", encoding="utf-8") if directory else None

    def add(self, **entry):
        entry["at"] = int(time.monotonic() * 1000)
        with self.changed:
            self.entries.append(entry)
            if self.file:
                self.file.write(json.dumps(entry) + "\n")
                self.file.flush()
            self.changed.notify_all()
            return len(self.entries)

    def wait(self, count, wanted):
        def matching():
            return [e for e in self.entries if all(e.get(k) == v for k, v in wanted.items())]

        with self.changed:
            self.changed.wait_for(lambda: len(matching()) >= count, timeout=240)
            return matching()


class Gate:
    """Holds replies until somebody says `release`."""

    def __init__(self):
        self.event = threading.Event()

    def wait(self):
        self.event.wait()

    def release(self):
        self.event.set()
        self.event = threading.Event()


def serve(facts, log, gate=None):
    """Announces the peer and answers commands until standard input ends."""
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        verb = command.pop("do")
        if verb == "end":
            break
        if verb == "release" and gate:
            gate.release()
            answer = {}
        elif verb == "wait":
            answer = {"entries": log.wait(command.pop("count"), command)}
        else:
            answer = {"entries": log.wait(0, command)}
        print(json.dumps(answer), flush=True)
    for home in HOMES:
        shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def certificates():
    """A throw-away CA and what it signed: PEM files (key and chain) by name, in a new directory."""
    home = tempfile.mkdtemp(prefix="tocsin-peer-")
    HOMES.append(home)

    def run(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=home, capture_output=True)

    def key(name):
        run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key")

    key("ca")
    run("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Peer CA", "-days", "2", "-out", "ca.pem")
    for name, subject, days in (
        ("good", "DNS:localhost,IP:127.0.0.1,IP:::1", "2"),
        ("wronghost", "DNS:other.example", "2"),
        ("expired", "DNS:localhost,IP:127.0.0.1", None),
    ):
        key(name)
        with open(os.path.join(home, name + ".ext"), "w", encoding="ascii") as extensions:
            extensions.write("subjectAltName=" + subject + "\n")
        run("req", "-new", "-key", name + ".key", "-subj", "/CN=peer", "-out", name + ".csr")
        if days:
            run("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", days, "-extfile", name + ".ext", "-out", name + ".crt")
        else:
            with open(os.path.join(home, "ca.cnf"), "w", encoding="ascii") as settings:
                settings.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=ca-serial\nnew_certs_dir=.\n"
                               "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
            open(os.path.join(home, "index"), "w").close()
            with open(os.path.join(home, "ca-serial"), "w", encoding="ascii") as serial:
                serial.write("1000\n")
            run("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", name + ".csr",
                "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-extfile", name + ".ext",
                "-notext", "-out", name + ".crt")
        with open(os.path.join(home, name + ".pem"), "wb") as both:
            for part in (name + ".key", name + ".crt"):
                with open(os.path.join(home, part), "rb") as piece:
                    both.write(piece.read())
    return home
