"""Kills a sending Tocsin with SIGKILL at random moments, resumes it, and counts what arrived.

    scripts/torture [--rounds N] [--people N] [--seed N] [--whole SECONDS] [--keep]

Every round is a folder, a store and an announcement of its own: each person gets a mail and a webhook request. It is
killed up to three times (less often when it is done before its time has come), then resumed until it is done. Nobody
may be lost, every copy of a message must carry the same key, and a kill may cost no more extra copies of a channel than
its connections plus one group of outcomes. The seed is printed; the same seed picks the same fractions of a run, whose
length is measured at the start, or given with --whole. Ends with 1 when a law was broken, and says which round to keep;
and when nothing was killed in all rounds, since that proves nothing.
"""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import time

import laws
import stand

CHANNELS = ("email", "crm")


def was_killed(process, delay):
    """Whether it was still running when it was killed."""
    try:
        process.communicate(timeout=delay)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True


def counted(count, word):
    return f"{count} {word}" + ("" if count == 1 else "s")


def allowed(kills):
    """The extra copies that so many kills may cost, by channel."""
    return lambda channel: kills * (stand.CONNECTIONS[channel] + stand.GROUP)


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Built and given by the script.
    parser.add_argument("tocsin", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--whole", type=float, help="seconds that a run takes, instead of measuring")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    tocsin = options.tocsin.resolve()
    chance = random.Random(options.seed)
    receivers = stand.Receivers()

    calm = stand.Round(tocsin, options.people, receivers)
    begun = time.monotonic()
    calm.end()
    measured = time.monotonic() - begun
    whole = measured if options.whole is None else options.whole
    shutil.rmtree(calm.folder)
    print(f"seed {options.seed}; {2 * options.people} deliveries take {measured:.2f} s when nobody interferes; killed within {whole:.2f} s", flush=True)

    all_kills, broken, worst, totals = 0, 0, dict.fromkeys(CHANNELS, 0), dict.fromkeys(CHANNELS, 0)
    for number in range(1, options.rounds + 1):
        torment = stand.Round(tocsin, options.people, receivers)
        kills = sum(was_killed(torment.start(*torment.order), chance.uniform(0, whole)) for _ in range(chance.randint(1, 3)))
        report, _ = torment.end()
        problems, extra = torment.problems(report, allowed(kills))
        all_kills += kills
        for channel, count in extra.items():
            totals[channel] += count
            worst[channel] = max(worst[channel], count / max(kills, 1))
        said = ", ".join(problems) or "nobody lost, every copy under its key"
        copies = laws.bounded(extra, allowed(kills))
        print(f"round {number}: {counted(kills, 'kill')}, extra copies {copies}: {said}", flush=True)
        broken += bool(problems)
        if problems or options.keep:
            print(f"  kept: {torment.folder}")
        else:
            shutil.rmtree(torment.folder)
    averages = ", ".join(f"{worst[channel]:.1f} of at most {allowed(1)(channel)} {channel}" for channel in CHANNELS)
    print(
        f"{counted(options.rounds, 'round')}, {counted(all_kills, 'kill')}: {broken} broke a law; extra copies "
        f"{laws.bounded(totals, allowed(all_kills))}; averaged over the kills of its worst round {averages}"
    )
    if all_kills == 0:
        print("nothing was killed, so nothing was proved: more rounds, more people, or a shorter --whole")
    sys.exit(1 if broken or all_kills == 0 else 0)


if __name__ == "__main__":
    main()
