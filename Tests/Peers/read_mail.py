"""Reads mails as a strict reader does: python3 read_mail.py FILE…   prints a JSON array, one object for each."""

import email
import email.policy
import json
import pathlib
import sys

result = []
for name in sys.argv[1:]:
    message = email.message_from_bytes(pathlib.Path(name).read_bytes(), policy=email.policy.default)
    parts = {p.get_content_type(): p.get_content() for p in message.walk() if not p.is_multipart()}
    result.append({
        "to": message["To"].addresses[0].addr_spec, "subject": message["Subject"], "id": message["Message-ID"],
        "defects": [str(d) for p in message.walk() for d in p.defects],
        "kinds": list(parts), "text": parts.get("text/plain", ""), "html": parts.get("text/html", ""),
    })
json.dump(result, sys.stdout, ensure_ascii=False)
