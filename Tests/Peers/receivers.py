"""Plays everyone an outage notice goes to: a mail server, an SMS gateway, Telegram and a webhook, on loopback.

    python3 receivers.py FOLDER [--fail-first CHANNEL=N] [--bot-token T] [--sms-token T] [--hook-secret S]

The first line on standard output is JSON: the port of the mail server and that of the HTTP server. What arrives lies
in FOLDER: email/N.eml, sms/N.json, telegram/N.json, status/N.json, facebook/N.json, and one line per arrival in
log.jsonl. Each receiver checks what it is sent as the real one would. Ends when standard input is closed, or has a line.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import html.parser
import json
import pathlib
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP

TELEGRAM_TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}


class Ledger:
    """What arrived, on disk."""

    def __init__(self, folder, fail_first):
        self.folder = folder
        self.lock = threading.Lock()
        self.counts = {}
        self.to_fail = fail_first
        self.log = open(folder / "log.jsonl", "a", encoding="utf-8")

    def must_fail(self, channel):
        with self.lock:
            left = self.to_fail.get(channel, 0)
            self.to_fail[channel] = left - 1
        if left > 0:
            self.note(channel, "turned away once more", None)
        return left > 0

    def note(self, channel, what, to, **more):
        with self.lock:
            json.dump({"channel": channel, "what": what, "to": to, **more}, self.log, ensure_ascii=False)
            self.log.write("\n")
            self.log.flush()

    def keep(self, channel, extension, content, to, **more):
        with self.lock:
            number = self.counts[channel] = self.counts.get(channel, 0) + 1
        path = self.folder / channel / f"{number:04d}.{extension}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        self.note(channel, "received", to, file=str(path.relative_to(self.folder)), **more)
        return number


class MailBox:
    def __init__(self, ledger):
        self.ledger = ledger

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.ledger.must_fail("email"):
            return "451 4.7.1 Greylisted, come back"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        number = self.ledger.keep("email", "eml", envelope.original_content, envelope.rcpt_tos[0])
        return f"250 2.0.0 OK: queued as {number}"


class TelegramCheck(html.parser.HTMLParser):
    """Telegram refuses tags it does not know and ones that do not match."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag not in TELEGRAM_TAGS:
            raise ValueError(f'Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise ValueError("Unmatched end tag")


class Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ledger = None
    options = None

    def log_message(self, *arguments):
        pass

    def answer(self, status, body):
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_GET(self):
        if self.path == f"/bot{self.options.bot_token}/getMe":
            return self.answer(200, {"ok": True, "result": {"id": 123456, "is_bot": True}})
        self.answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        channel = {"sms": "sms", "status": "status", "facebook": "facebook"}.get(self.path.strip("/"))
        if self.path.startswith("/bot"):
            channel = "telegram"
        if channel is None:
            return self.answer(404, {"error": "no such place"})
        if self.ledger.must_fail(channel):
            return self.answer(503, {"error": "out of order, come back"})
        getattr(self, channel)(body)

    def sms(self, body):
        message = json.loads(body)
        if self.headers.get("Authorization") != f"Bearer {self.options.sms_token}":
            return self.answer(401, {"error": "who are you?"})
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", message["to"]) or not message["text"]:
            return self.answer(400, {"error": "bad number or empty text"})
        number = self.ledger.keep("sms", "json", body, message["to"], text=message["text"])
        self.answer(200, {"message_id": f"sms-{number}"})

    def telegram(self, body):
        if self.path != f"/bot{self.options.bot_token}/sendMessage":
            return self.answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        message = json.loads(body)
        try:
            check = TelegramCheck()
            check.feed(message["text"])
            check.close()
        except ValueError as problem:
            description = f"Bad Request: can't parse entities: {problem}"
            return self.answer(400, {"ok": False, "error_code": 400, "description": description})
        number = self.ledger.keep("telegram", "json", body, str(message["chat_id"]), text=message["text"])
        self.answer(200, {"ok": True, "result": {"message_id": number, "chat": {"id": message["chat_id"]}}})

    def status(self, body):
        identity, moment = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        key = base64.b64decode(self.options.hook_secret.removeprefix("whsec_"))
        signed = f"{identity}.{moment}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if wanted not in self.headers.get("webhook-signature", "").split():
            return self.answer(401, {"error": "bad signature"})
        self.ledger.keep("status", "json", body, None, id=identity)
        self.answer(200, {})

    def facebook(self, body):
        self.ledger.keep("facebook", "json", body, None)
        self.answer(200, {"id": "1_2"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--fail-first", action="append", default=[], metavar="CHANNEL=N")
    parser.add_argument("--bot-token", default="123456:demo-token")
    parser.add_argument("--sms-token", default="demo-sms-token")
    parser.add_argument("--hook-secret", default="whsec_" + base64.b64encode(b"d" * 32).decode())
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    fail_first = {name: int(count) for name, count in (pair.split("=") for pair in options.fail_first)}

    ledger = Ledger(options.folder, fail_first)
    loop = asyncio.new_event_loop()
    mail = loop.run_until_complete(
        loop.create_server(lambda: SMTP(MailBox(ledger), enable_SMTPUTF8=False, loop=loop), "127.0.0.1", 0)
    )
    threading.Thread(target=loop.run_forever, daemon=True).start()
    Web.ledger, Web.options = ledger, options
    web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, daemon=True).start()
    ports = {"smtp": mail.sockets[0].getsockname()[1], "http": web.server_address[1]}
    print(json.dumps(ports), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
