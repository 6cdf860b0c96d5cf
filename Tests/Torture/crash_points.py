"""Breaks a send at every system call that writes, one after the other, and counts what arrived.

    scripts/crash-points [--people N] [--calls fdatasync,pwrite64,sendto] [--faults KILL,EIO,ENOSPC] [--step N]

For each call and fault, the n-th such call of a small send is struck (strace's injection), n = 1, 2, 3 …, until a send
runs through without having been struck; then it is sent again until it is done. With `unknown: retry` nobody may be
lost and a crash costs at most one extra copy of a delivery, under the same key; with `leave` nobody gets two, and who
got none is counted as unknown. It takes five to six minutes, and ends with 1 when a law was broken.
"""

import argparse
import pathlib
import shutil
import sys

import laws
import stand

# Faults that the network cannot have.
SENSELESS = {("sendto", "EIO"), ("sendto", "ENOSPC")}
CHANNELS = ("email", "crm", "sms")


def injection(call, fault, number):
    what = "signal=KILL" if fault == "KILL" else f"error={fault}"
    return ("strace", "-f", "-qq", "-o", "trace", "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={number}")


def struck(round, call, fault, number):
    """Sends under the injection; whether the call came to pass."""
    code, _, _ = round.run(*round.order, before=injection(call, fault, number))
    trace = (round.folder / "trace").read_text(errors="replace")
    return code != 0 or "INJECTED" in trace or "killed by SIGKILL" in trace


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/crash-points", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Built and given by the script.
    parser.add_argument("tocsin", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--people", type=int, default=7)
    parser.add_argument("--calls", default="fdatasync,pwrite64,sendto")
    parser.add_argument("--faults", default="KILL,EIO,ENOSPC")
    parser.add_argument("--step", type=int, default=1, help="strike every N-th place only")
    options = parser.parse_args()
    receivers = stand.Receivers(pause=0)
    broken = 0
    for call in options.calls.split(","):
        for fault in options.faults.split(","):
            if (call, fault) in SENSELESS:
                continue
            number, places, totals, unknown = 1, 0, dict.fromkeys(CHANNELS, 0), 0
            allowed = {"email": options.people, "crm": options.people, "sms": 0}
            while True:
                round = stand.Round(options.tocsin.resolve(), options.people, receivers, CHANNELS)
                if not struck(round, call, fault, number):
                    shutil.rmtree(round.folder)
                    break
                report, _ = round.end()
                problems, extra = round.problems(report, allowed.get)
                for channel, count in extra.items():
                    totals[channel] += count
                for channel in ("email", "crm"):
                    copies = [person for person, _ in receivers.arrivals.copies[channel]]
                    if any(copies.count(person) > 2 for person in set(copies)):
                        problems.append(f"{channel}: somebody got three copies")
                unknown += report["channels"]["sms"]["unknown"]
                places += 1
                if problems:
                    broken += 1
                    print(f"{call} {fault} {number}: {', '.join(problems)} (kept: {round.folder})", flush=True)
                else:
                    shutil.rmtree(round.folder)
                number += options.step
            said = laws.bounded(totals, lambda channel: places * allowed[channel])
            most = places * options.people
            print(f"{call} {fault}: {places} places; extra copies {said}; {unknown} of at most {most} sms unknown", flush=True)
    print("every law held" if not broken else f"{broken} places broke a law")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
