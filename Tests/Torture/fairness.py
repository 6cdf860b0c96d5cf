"""What channels, announcements and commands on one store cost each other; run by faults.py."""

import concurrent.futures
import shutil
import statistics
import time

import stand

# The others' time may grow by so much while one channel is a hole; a quick run is too short to judge so finely.
MOST_SLOWER = {False: 1.05, True: 1.25}
# Seconds that a command may take beside a send, an import of 100,000 rows in a debug build on two cores included.
PATIENCE = 120


def last(arrivals, channel, since):
    return arrivals.times[channel][-1] - since


def times_of_three(tocsin, receivers, people, has_hole):
    """How long each of three channels took for all its people, from its first arrival to its last."""
    channels = ("email", "crm", "sms")
    round = stand.Round(tocsin, people, receivers, channels + ("hole",) * has_hole)
    arrivals = receivers.arrivals
    sending = round.start(*round.order)
    for channel in channels:
        arrivals.wait(channel, people)
    sending.kill()
    sending.communicate()
    shutil.rmtree(round.folder)
    return {channel: arrivals.times[channel][-1] - arrivals.times[channel][0] for channel in channels}


def blackhole(tocsin, receivers, book, quick):
    # The receivers' pause, not the processor, is what the channels wait for, as in real life.
    receivers.pause, before = 0.02, receivers.pause
    people, repeats = (600, 3) if quick else (1500, 7)
    found = {True: [], False: []}
    for _ in range(repeats):
        for has_hole in (False, True):
            found[has_hole].append(times_of_three(tocsin, receivers, people, has_hole))
    receivers.pause = before
    figures, problems = [], []
    for channel in ("email", "crm", "sms"):
        without, beside = (statistics.median(times[channel] for times in found[has]) for has in (False, True))
        figures.append(f"{channel} {without:.2f} s without, {beside:.2f} s beside it")
        if beside > without * MOST_SLOWER[quick]:
            problems.append(f"{channel} takes {beside / without - 1:.0%} longer")
    book.note("a hole as one channel of four", ", ".join(figures), problems)


def urgent(tocsin, receivers, book, quick):
    """A bulk announcement to very many; beside it an urgent one, a report, an import, and in the end a stop."""
    many = 50_000 if quick else 1_000_000
    round = stand.Round(tocsin, 1, receivers, ("crm",))
    round.list("many.csv", range(1, many + 1))
    round.must("contacts", "import", "many.csv")
    arrivals = receivers.arrivals
    bulk = round.start("send", "note", "--to", "not id:p0", "--yes", "--id", "bulk", "--priority", "bulk")
    arrivals.wait("crm", 3000, seconds=120)
    problems, figures = [], []

    def first_of_all():
        return [at for (person, _), at in zip(arrivals.copies["crm"], arrivals.times["crm"]) if person == "p0"]

    begun = time.monotonic()
    hurry = round.start("send", "note", "--to", "id:p0", "--yes", "--id", "hurry", "--priority", "urgent")
    stand.wait(first_of_all, "the urgent one")
    delay = first_of_all()[0] - begun
    figures.append(f"first urgent arrival {delay:.2f} s after its command, {many:,} bulk ones waiting")
    if delay > 1:
        problems.append("the urgent one took longer than a second")
    _, errors = hurry.communicate()
    if hurry.returncode != 0:
        problems.append(f"the urgent send ended with {hurry.returncode}: {errors.decode()[-300:]}")
    # By itself, with nobody telling it to.
    arrivals.wait("crm", len(arrivals.copies["crm"]) + 2000)
    side_by_side(round, arrivals, figures, problems)
    begun, seen = time.monotonic(), len(arrivals.copies["crm"])
    round.must("stop")
    said = time.monotonic() - begun
    bulk.communicate()
    halted = last(arrivals, "crm", begun)
    figures.append(f"after stop the last arrival came at {halted:.2f} s (it answered at {said:.2f} s)")
    if halted > 1:
        problems.append("stop took longer than a second")
    if len(arrivals.copies["crm"]) == seen or len(arrivals.copies["crm"]) >= many:
        problems.append("there was nothing left to stop")
    book.note("side by side on one store", ", ".join(figures), problems)
    book.close(round, problems)


def finish(process, begun):
    """Waits for a command; how it ended, and after how many seconds."""
    _, errors = process.communicate()
    return process.returncode, errors, time.monotonic() - begun


def side_by_side(round, arrivals, figures, problems):
    """Other commands while the bulk announcement goes on."""
    round.list("more.csv", range(5_000_000, 5_100_000))
    commands = {
        "report": ("report", "bulk", "--json"), "import of 100,000": ("contacts", "import", "more.csv"),
        "channels": ("channels", "--json"),
    }
    before, begun = len(arrivals.copies["crm"]), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        # Each has a thread of its own, so that none is timed by another's end.
        ended = {name: pool.submit(finish, round.start(*words), begun) for name, words in commands.items()}
    for name, future in ended.items():
        code, errors, seconds = future.result()
        figures.append(f"{name} {seconds:.1f} s")
        if code != 0:
            problems.append(f"{name} ended with {code}: {errors.decode()[-300:]}")
        if seconds > PATIENCE:
            problems.append(f"{name} took {seconds:.1f} s beside a send")
    sent = len(arrivals.copies["crm"]) - before
    figures.append(f"{sent} sent meanwhile")
    if sent == 0:
        problems.append("nothing was sent meanwhile")


def rate(tocsin, receivers, book, quick):
    """Two sends that could do 60 a second each, against a channel limited to 30."""
    people, per_second = 150 if quick else 450, 30
    round = stand.Round(tocsin, people, receivers, ("crm",), more={"crm": {"rate": f"{per_second}/s"}})
    sends = [round.start("send", "note", "--to", "all", "--yes", "--again") for _ in range(2)]
    problems = []
    for process in sends:
        _, errors = process.communicate()
        if process.returncode != 0:
            problems.append(f"a send ended with {process.returncode}: {errors.decode()[-300:]}")
    times = receivers.arrivals.times["crm"]
    most = max(sum(begin <= at < begin + 1 for at in times[index:index + 99]) for index, begin in enumerate(times))
    mean = (len(times) - 1) / (times[-1] - times[0])
    # One that is a millisecond early by our own clock makes thirty-one.
    if most > per_second + 1:
        problems.append(f"{most} within a second")
    if mean < per_second * 0.95 or len(times) != 2 * people:
        problems.append(f"only {mean:.1f} a second, {len(times)} in all")
    figures = f"{len(times)} arrivals, {mean:.2f} a second, at most {most} within any second"
    book.note(f"two sends over a channel limited to {per_second} a second", figures, problems)
    book.close(round, problems)


LAWS = {"blackhole": blackhole, "urgent": urgent, "rate": rate}
