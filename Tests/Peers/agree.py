"""Holds a report against what really arrived: python3 agree.py REPORT.json FOLDER

FOLDER is that of receivers.py. Every channel's handed-over count must be the number of arrivals, nobody may have got
two copies, and every message must be whole: mails parse without defects, texts are not empty, hooks are one each.
"""

import collections
import email
import email.policy
import json
import pathlib
import sys


def check_mail(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    problems = [str(defect) for part in message.walk() for defect in part.defects]
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if kinds != ["text/plain", "text/html"]:
        problems.append(f"parts are {kinds}")
    for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"):
        if len(message.get_all(name, [])) != 1:
            problems.append(f"{name} stands {len(message.get_all(name, []))} times")
    for part in message.walk():
        if not part.is_multipart() and not part.get_content().strip():
            problems.append(f"{part.get_content_type()} is empty")
    return problems


def main():
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[2])
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    arrived = collections.defaultdict(list)
    for entry in entries:
        if entry["what"] == "received":
            arrived[entry["channel"]].append(entry)
    problems = []
    for channel, counts in sorted(report["channels"].items()):
        places = [entry["to"] for entry in arrived[channel]]
        handed_over = counts["accepted"] + counts["delivered"]
        parts = [counts[k] for k in counts if k not in ("company", "planned", "skipped", "faults")]
        if sum(parts) + sum(counts["skipped"].values()) != counts["planned"]:
            problems.append(f"{channel}: the counts do not add up to {counts['planned']}")
        if len(places) != handed_over:
            problems.append(f"{channel}: the report says {handed_over}, {len(places)} arrived")
        twice = [place for place, count in collections.Counter(places).items() if count > 1]
        if twice:
            problems.append(f"{channel}: two copies for {twice[:3]}")
        turned = sum(e["channel"] == channel and e["what"] != "received" for e in entries)
        print(f"{channel:10} handed over {handed_over:4}, arrived {len(places):4}, turned away before {turned}")
    for entry in arrived["email"]:
        problems += [f"{entry['file']}: {problem}" for problem in check_mail(folder / entry["file"])]
    for entry in arrived["sms"] + arrived["telegram"]:
        if not entry["text"].strip():
            problems.append(f"{entry['file']}: empty text")
    people = report["contacts"]
    if people["reached"] + people["missed"] + people["unknown"] + people["waiting"] != people["selected"]:
        problems.append("the counts of people do not add up")
    for problem in problems:
        print(f"DISAGREES: {problem}", file=sys.stderr)
    print("Everything that was reported arrived, once." if not problems else f"{len(problems)} disagreements.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
