"""Takes the disk and the processor away from a sending Tocsin, and measures what channels and commands cost each other.

    scripts/faults [--quick] [--only NAME,…]

Laws: full (the disk fills up in mid-send), readonly (writes are refused from some moment on, then the medium really is
read-only), stopped (SIGSTOP for longer than the lease, while another process takes over), names (CNAME, rebinding and
such, leading to private addresses), and those of fairness.py.
Prints the figures of each; ends with 1 when one was broken. Without namespaces of its own (unshare --user --mount) it
cannot mount, and says which laws it has not judged. --quick keeps it under two minutes.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import fairness
import laws
import stand

CHANNELS = ("email", "crm", "sms")
PEOPLE = 3000
# How long a lease lasts unless it is renewed: Sources/Dispatching/Dispatcher.swift.
LEASE = 15


def allowed(channel):
    """The extra copies that one sudden end may cost."""
    return stand.CONNECTIONS[channel] + stand.GROUP if stand.RETRIES_UNKNOWN[channel] else 0


def complaints(code, errors, *words):
    """What is wrong with an end that should be loud: exit code 2, and one line with these words."""
    text = " ".join(errors.decode().split())
    problems = [] if code == 2 else [f"exit code {code} instead of 2: …{text[-300:]}"]
    return problems + [f"nobody says {word!r}: …{text[-300:]}" for word in words if word not in text]


def conclude(round, problems):
    """Goes on with it until it is done; the figures, and what breaks a law."""
    report, _ = round.end()
    found, extra = round.problems(report, allowed)
    unknown, most = report["channels"]["sms"]["unknown"], stand.CONNECTIONS["sms"] + stand.GROUP
    if unknown > most:
        found.append(f"sms: {unknown} unknown, {most} allowed")
    figures = f"extra copies {laws.bounded(extra, allowed)}; {unknown} of at most {most} sms unknown"
    return figures, problems + found


class Medium:
    """A small file system of its own, gone with the namespace at the latest."""

    def __init__(self, size):
        self.place = tempfile.mkdtemp(prefix="tocsin-medium.")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.place], check=True)

    def fill(self):
        """Takes all the room that is left."""
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    @property
    def ballast(self):
        return pathlib.Path(self.place) / "ballast"

    def remount(self, mode):
        subprocess.run(["mount", "-o", f"remount,{mode}", self.place], check=True)

    def end(self):
        subprocess.run(["umount", self.place], check=True)
        os.rmdir(self.place)


def full(tocsin, receivers, book):
    medium = Medium("16M")
    round = stand.Round(tocsin, PEOPLE, receivers, CHANNELS, within=medium.place)
    sending = round.start(*round.order)
    receivers.arrivals.wait("crm", 300)
    medium.fill()
    _, errors = sending.communicate()
    problems = complaints(sending.returncode, errors, "disk is full", "tocsin resume")
    struck = sum(map(len, receivers.arrivals.copies.values()))
    code, _, errors = round.run("resume", stand.ID)
    problems += [f"resume on a full disk: {text}" for text in complaints(code, errors, "disk is full")]
    medium.ballast.unlink()
    code, _, errors = round.run("resume", stand.ID)
    if code not in (0, 1, 3):
        problems.append(f"resume with room again ended with {code}: {errors.decode()[-300:]}")
    figures, problems = conclude(round, problems)
    book.note("a disk that fills up in mid-send, then has room again", f"{struck} gone before; {figures}", problems)
    medium.end()


def refusing(after):
    """As after an emergency remount: no write, and no sync of one, is taken any more."""
    calls = "pwrite64,fdatasync,fsync,ftruncate"
    inject = f"inject={calls}:error=EROFS:when={after}+"
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject)


def readonly(tocsin, receivers, book):
    medium = Medium("64M")
    round = stand.Round(tocsin, PEOPLE // 10, receivers, CHANNELS, within=medium.place)
    code, _, errors = round.run(*round.order, before=refusing(after=400))
    struck = sum(map(len, receivers.arrivals.copies.values()))
    problems = complaints(code, errors, "tocsin resume")
    if not 0 < struck < 3 * round.people:
        problems.append("it was not struck in mid-send")
    # A medium with an open file cannot be remounted; now it can.
    medium.remount("ro")
    code, _, errors = round.run("resume", stand.ID)
    problems += [f"resume on a read-only medium: {text}" for text in complaints(code, errors, "read-only")]
    code, _, errors = round.run("report", stand.ID)
    if code != 0:
        problems.append(f"report on a read-only medium ended with {code}: {errors.decode()[-300:]}")
    medium.remount("rw")
    figures, problems = conclude(round, problems)
    book.note("a medium that turns read-only in mid-send", f"{struck} gone before; {figures}", problems)
    medium.end()


def stopped(tocsin, receivers, book):
    """One process sleeps with its requests open, another takes over; the first wakes up while that one sends."""
    slow = {"crm": {"rate": "100/s"}}
    round = stand.Round(tocsin, 600, receivers, CHANNELS, more=slow)
    round.configure("other.json", slow, sender="?other")
    receivers.hold()
    receivers.begun = 0
    first = round.start(*round.order)
    arrivals = receivers.arrivals
    # Its requests had been read before; its mails had come as far as their recipients, and that is where they stay.
    taken = {**stand.CONNECTIONS, "email": 0}
    arrivals.wait("crm", taken["crm"])
    stand.wait(lambda: receivers.begun >= stand.CONNECTIONS["email"], "mails under way")
    first.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    second = round.start("resume", stand.ID, "--config", "other.json")
    receivers.release()
    stand.wait(lambda: "other" in arrivals.senders["crm"], "the other process to send")
    over = time.monotonic() - begun
    stand.wait(lambda: arrivals.senders["crm"].count("other") > 100, "the other process to go on")
    first.send_signal(signal.SIGCONT)
    ends = {name: process.communicate()[1] for name, process in (("first", first), ("second", second))}
    problems = [] if over > LEASE - 6 else [f"it took over after {over:.1f} s, before the lease can have ended"]
    by_first = {name: arrivals.senders[name].count("") for name in CHANNELS}
    if any(by_first[name] > taken[name] for name in CHANNELS):
        problems.append(f"the first one sent {by_first} after its lease")
    for name, process in (("first", first), ("second", second)):
        if process.returncode not in (0, 1):
            problems.append(f"the {name} ended with {process.returncode}: {ends[name].decode()[-300:]}")
    report, _ = round.end()
    repeated = {**dict.fromkeys(CHANNELS, 0), "crm": taken["crm"]}.get
    found, extra = round.problems(report, repeated)
    figures = (
        f"taken over after {over:.1f} s; sent by the first {laws.bounded(by_first, taken.get)}; "
        f"extra copies {laws.bounded(extra, repeated)}"
    )
    book.note("SIGSTOP with eight requests open for longer than the lease", figures, problems + found)
    book.close(round, problems + found)


def names(tocsin, receivers, book):
    script = pathlib.Path(__file__).with_name("names.py")
    found = subprocess.run(
        ["unshare", "--net", sys.executable, script, tocsin], check=True, stdout=subprocess.PIPE)
    said = json.loads(found.stdout)
    book.note("names that lead into our own network", f"{said['channels']} channels probed twice", said["problems"])


def has_namespace():
    """Enters one, once; whether there is one."""
    if os.environ.get("TOCSIN_FAULTS") == "inside":
        return True
    enter = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        subprocess.run([*enter, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    os.environ["TOCSIN_FAULTS"] = "inside"
    os.execvp(enter[0], [*enter, sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Built and given by the script.
    parser.add_argument("tocsin", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    can_mount = has_namespace()
    tocsin, receivers, book = options.tocsin.resolve(), stand.Receivers(), laws.Book()
    own = {"full": full, "readonly": readonly, "stopped": stopped, "names": names}
    chosen = [name for name in options.only.split(",") if name] or [*own, *fairness.LAWS]
    for name in chosen:
        if name in fairness.LAWS:
            fairness.LAWS[name](tocsin, receivers, book, options.quick)
        elif name == "stopped" or can_mount:
            own[name](tocsin, receivers, book)
        else:
            print(f"{name}: not judged: there are no namespaces to mount in")
    print(book.verdict)
    sys.exit(1 if book.broken else 0)


if __name__ == "__main__":
    main()
