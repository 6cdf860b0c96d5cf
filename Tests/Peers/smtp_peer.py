"""A mail server (aiosmtpd) that keeps what it receives.

Usage: smtp_peer.py [SETTINGS]   (JSON)
  "recipients": {"a@b.example": "550 5.1.1 no such user" | ["451 later", ...]}  in turn, then 250
  "messages": {"a@b.example": the same, after the final dot}
  "users": {"name": "password"}   AUTH is offered, and required, on every port
  "tls": true                     adds the ports starttls and tls, and the CA's file
  "directory": "…"                writes each message there as NUMBER.eml, and the log
  "parse": true                   adds "parsed" to each mail: what Python's email package makes of it
  "port": N                       a fixed port for plain SMTP
Log entries: {"what": "connection"}, {"what": "mail", "from", "to": […], "message" (latin-1), "greeting", "tls",
"user", "session": N, "parsed": {"defects": […], "headers": {name in lower case: text}, "places":
{name: [[display name, address], …]}, "parts": [[content type, text], …],
"files": [[content type, disposition, name, SHA-256, Content-ID], …] of those that are no text to read}}
"""
import asyncio
import email
import email.policy
import hashlib
import json
import logging
import os
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

import peer

SETTINGS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
DIRECTORY = SETTINGS.get("directory")
LOG = peer.Log(DIRECTORY)
SESSIONS = {}
ASKED = {}


def scripted(kind, address):
    replies = SETTINGS.get(kind, {}).get(address)
    if replies is None:
        return "250 2.0.0 OK"
    if isinstance(replies, str):
        return replies
    position = ASKED.get((kind, address), 0)
    ASKED[kind, address] = position + 1
    return replies[position] if position < len(replies) else "250 2.0.0 OK"


def parsed(content):
    message = email.message_from_bytes(content, policy=email.policy.default)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    parts = [part for part in leaves if part.get_content_disposition() is None]
    files = [[part.get_content_type(), part.get_content_disposition(), part.get_filename(),
              hashlib.sha256(part.get_payload(decode=True)).hexdigest(), part["Content-ID"] or ""]
             for part in leaves if part not in parts]
    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    defects += [repr(defect) for part in message.walk() for value in part.values() for defect in value.defects]
    places = {name: [[place.display_name, place.addr_spec] for place in message[name].addresses]
              for name in ("From", "To", "Reply-To") if name in message}
    return {"defects": defects, "headers": {name.lower(): str(value) for name, value in message.items()},
            "places": places, "files": files, "parts": [[part.get_content_type(), part.get_content()] for part in parts]}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = scripted("recipients", address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = scripted("messages", envelope.rcpt_tos[0])
        if not reply.startswith("250"):
            return reply
        more = {"parsed": parsed(envelope.original_content)} if SETTINGS.get("parse") else {}
        number = LOG.add(
            what="mail", **more, **{"from": envelope.mail_from}, to=envelope.rcpt_tos,
            message=envelope.original_content.decode("latin-1"), greeting=session.host_name,
            tls=server.transport.get_extra_info("ssl_object") is not None, user=session.auth_data, session=SESSIONS.setdefault(id(session), len(SESSIONS)))
        if DIRECTORY:
            with open(os.path.join(DIRECTORY, "%06d.eml" % number), "wb") as file:
                file.write(envelope.original_content)
        return "250 2.0.0 queued as %d" % number


class Server(SMTP):
    def connection_made(self, transport):
        # STARTTLS makes the same connection a second time.
        if self.transport is None:
            LOG.add(what="connection")
        super().connection_made(transport)

    def _reset_timeout(self, duration=None):
        pass


def authenticate(server, session, envelope, mechanism, data):
    name, password = data.login.decode(), data.password.decode()
    if SETTINGS["users"].get(name) != password:
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=name)


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    options = {"hostname": "peer.example", "data_size_limit": 50_000_000, "timeout": 3600}
    if SETTINGS.get("users"):
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    facts = {}
    kinds = {"smtp": (options, None)}
    if SETTINGS.get("tls"):
        home = peer.certificates()
        facts["ca"] = os.path.join(home, "ca.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(home, "good.pem"))
        kinds["starttls"] = (dict(options, tls_context=context, require_starttls=True), None)
        kinds["tls"] = (options, context)
    loop = asyncio.new_event_loop()

    async def start():
        for name, (settings, context) in kinds.items():
            port = SETTINGS.get("port", 0) if name == "smtp" else 0
            server = await loop.create_server(
                lambda s=settings: Server(Handler(), **s), "127.0.0.1", port, ssl=context)
            facts[name] = server.sockets[0].getsockname()[1]

    loop.run_until_complete(start())
    threading.Thread(target=loop.run_forever, daemon=True).start()
    peer.serve(facts, LOG)


main()
