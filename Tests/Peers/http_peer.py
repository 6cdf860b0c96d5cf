"""An HTTP server that does exactly what its script says.

Usage: http_peer.py [SETTINGS]   (JSON)
  "script": {"/path": [reply, ...]}  replies in turn, the last one for ever; "*" for every other path
  "tls": true                        adds the ports https, wronghost, expired, old (TLS 1.1) and the CA's file
  "directory": "…"                   also writes the log there
  "port": N                          a fixed port for plain HTTP
  "login": {"/path": ["Name", "value"] | {"basic": ["user", "password"]}}   without it that path answers 401
  "keys": ["whsec_…" | "raw text", ...]   adds "signed": the indices of those that the request is signed with
A reply: {"status": 200, "headers": {…}, "body": "…" | "size": N (that many bytes) | "bomb": N (that many, gzipped, as Content-Encoding says), "raw": "…" (instead of all
that), "chunked": true, "hold": true (waits for `release`), "hang": true, "drip": SECONDS (between bytes),
"echo": true (the body is JSON: what was asked, under "reason"), "endless": true, "close": "accept" | "body" (before it) | "early" (reply first)
| "request" | "reply" (after that), "reset": true (RST, not FIN), "retry_in": SECONDS (Retry-After as a date)}
Log entries: {"what": "connection", "id": N}, {"what": "request", "connection": N, "method", "path", "headers",
"body", "form": a form's fields, "parts": of a form in parts {name: {"text", "filename", "type", "sha256"}}, "open": connections open now}, {"what": "closed", "id": N}
"""
import base64
import email
import email.policy
import email.utils
import gzip
import hashlib
import hmac
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import warnings

import peer

SETTINGS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
SCRIPT = SETTINGS.get("script", {})
LOG = peer.Log(SETTINGS.get("directory"))
GATE = peer.Gate()
LOCK = threading.Lock()
COUNTS = {"connections": 0, "open": 0}
ASKED = {}


def next_reply(path):
    with LOCK:
        key = path if path in SCRIPT else "*"
        replies = SCRIPT.get(key, [{}])
        position = ASKED.get(key, 0)
        ASKED[key] = position + 1
        return replies[min(position, len(replies) - 1)]


def read_request(stream):
    """Method, path, headers and a function that reads the body; None at the end of the connection."""
    line = stream.readline(65536)
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while True:
        line = stream.readline(65536)
        if line in (b"\r\n", b"\n", b""):
            break
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.append([name, value.strip()])
    length = int(next((v for n, v in headers if n.lower() == "content-length"), "0"))
    return method, path, headers, lambda: stream.read(length)


def fields_of(headers):
    return {name.lower(): value for name, value in headers}


def may_enter(path, headers):
    login = SETTINGS.get("login", {}).get(path)
    if isinstance(login, dict):
        token = base64.b64encode(":".join(login["basic"]).encode()).decode()
        login = ["Authorization", "Basic " + token]
    return login is None or fields_of(headers).get(login[0].lower()) == login[1]


def signing_keys(headers, content):
    """Which of our keys made a signature of this request, as Standard Webhooks 1.0.0 describes it."""
    fields = fields_of(headers)
    given = fields.get("webhook-signature", "").split()
    text = ("%s.%s." % (fields.get("webhook-id"), fields.get("webhook-timestamp"))).encode() + content
    found = []
    for index, key in enumerate(SETTINGS.get("keys", [])):
        raw = base64.b64decode(key[6:]) if key.startswith("whsec_") else key.encode()
        wanted = "v1," + base64.b64encode(hmac.new(raw, text, hashlib.sha256).digest()).decode()
        if wanted in given:
            found.append(index)
    return found


def parts_of(kind, content):
    """The fields of a form in parts, by name, as a strict reader finds them."""
    message = email.message_from_bytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content, policy=email.policy.HTTP)
    assert message.is_multipart() and not message.defects, message.defects
    parts = {}
    for part in message.iter_parts():
        body = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        assert name not in parts, name
        parts[name] = {
            "text": body.decode("utf-8", "replace") if part.get_filename() is None else "",
            "filename": part.get_filename(), "type": part.get_content_type(),
            "sha256": hashlib.sha256(body).hexdigest()}
    return parts


def described(method, path, headers, content):
    entry = {"method": method, "path": path, "headers": headers, "body": content.decode("utf-8", "replace")}
    if fields_of(headers).get("content-type", "").startswith("application/x-www-form-urlencoded"):
        entry["form"] = dict(urllib.parse.parse_qsl(entry["body"], keep_blank_values=True, strict_parsing=True))
    kind = fields_of(headers).get("content-type", "")
    if kind.startswith("multipart/form-data"):
        entry["parts"] = parts_of(kind, content)
        entry["body"] = ""
    if "keys" in SETTINGS:
        entry["signed"] = signing_keys(headers, content)
    return entry


def write_reply(connection, reply, method):
    if "raw" in reply:
        payload = reply["raw"].encode("latin-1")
    else:
        body = reply.get("body", "").encode() or b"x" * reply.get("size", 0)
        if "bomb" in reply:
            body = gzip.compress(b"\0" * reply["bomb"])
        head = "HTTP/1.1 %d Scripted\r\n" % reply.get("status", 200)
        if "bomb" in reply:
            head += "Content-Encoding: gzip\r\n"
        for name, value in reply.get("headers", {}).items():
            head += "%s: %s\r\n" % (name, value)
        if "retry_in" in reply:
            head += "Retry-After: %s\r\n" % email.utils.formatdate(time.time() + reply["retry_in"], usegmt=True)
        if reply.get("chunked"):
            head += "Transfer-Encoding: chunked\r\n\r\n"
            payload = head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif reply.get("endless"):
            connection.sendall((head + "\r\n").encode())
            while True:
                connection.sendall(b"x" * 65536)
        else:
            head += "Content-Length: %d\r\n\r\n" % len(body)
            payload = head.encode() + (b"" if method == "HEAD" else body)
    if "drip" in reply:
        for index in range(len(payload)):
            connection.sendall(payload[index:index + 1])
            time.sleep(reply["drip"])
    else:
        connection.sendall(payload)


def converse(connection, number):
    stream = connection.makefile("rb")
    while True:
        request = read_request(stream)
        if request is None:
            return False
        method, path, headers, body = request
        reply = next_reply(path)
        closes = reply.get("close")
        if closes == "accept":
            return reply.get("reset", False)
        content = b"" if closes in ("body", "early") else body()
        # Taken before the log tells of the request, so that a release that follows it is not missed.
        gate = GATE.event
        with LOCK:
            now_open = COUNTS["open"]
        asked = described(method, path, headers, content)
        LOG.add(what="request", connection=number, open=now_open, **asked)
        if not may_enter(path, headers):
            reply = {"status": 401, "body": json.dumps({"reason": "who are you?"})}
        elif reply.get("echo"):
            said = "you asked %s %s %s %s" % (method, path, asked["body"], json.dumps(fields_of(headers)))
            reply = dict(reply, body=json.dumps({"reason": said, "description": said}))
        if closes in ("body", "request"):
            return reply.get("reset", False)
        if reply.get("hold"):
            gate.wait()
        if reply.get("hang"):
            stream.read(1)
            return False
        write_reply(connection, reply, method)
        if closes == "early":
            connection.shutdown(socket.SHUT_WR)
            body()
            return False
        if closes == "reply":
            return reply.get("reset", False)


def handle(connection, context):
    with LOCK:
        COUNTS["connections"] += 1
        COUNTS["open"] += 1
        number = COUNTS["connections"]
    LOG.add(what="connection", id=number)
    resets = False
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        resets = converse(connection, number)
    except (OSError, ValueError):
        pass
    finally:
        with LOCK:
            COUNTS["open"] -= 1
        if resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        connection.close()
        LOG.add(what="closed", id=number)


def listen(context=None, port=0, host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, port))
    server.listen(512)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=handle, args=(connection, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def main():
    warnings.simplefilter("ignore")
    facts = {"http": listen(port=SETTINGS.get("port", 0))}
    if SETTINGS.get("tls"):
        home = peer.certificates()
        facts["ca"] = os.path.join(home, "ca.pem")
        for name, certificate in (("https", "good"), ("wronghost", "wronghost"), ("expired", "expired")):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(home, certificate + ".pem"))
            facts[name] = listen(context)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.load_cert_chain(os.path.join(home, "good.pem"))
        facts["old"] = listen(old)
    peer.serve(facts, LOG, GATE)


main()
