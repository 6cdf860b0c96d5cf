"""A mail server that says exactly what its script says, lies and silences included.

Usage: smtp_script.py [SETTINGS]   (JSON)
  {"connect": "220 hi", "EHLO": "250 hi", "MAIL": …, "RCPT": …, "DATA": "354 go", "end": …, "RSET": …}
Each is one reply (lines parted with \n), or a list of replies in turn, the last one for ever. Instead of a reply:
"close" (FIN), "reset" (RST), "hang" (says nothing more), "flood …" (says the rest for ever), "hold …" (says the rest after `release`), "raw …",
"drip …" (the rest, a byte every half second).
"for": {"a@b.example": {"RCPT": …, "DATA": …, "end": …}} in the settings goes before that for this recipient.
"most": N in the settings answers 421 to the mail after the N-th on one connection, and closes it.
"starve": N in the settings stops reading after N bytes of a message.
Log entries: {"what": "connection", "id"}, {"what": "line", "connection", "text"}, {"what": "text", "connection",
"to", "text"} for a whole message, {"what": "closed", "id"}
"""
import json
import socket
import struct
import sys
import threading
import time

import peer

SETTINGS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
DEFAULTS = {"connect": "220 peer.example", "EHLO": "250 peer.example", "DATA": "354 go on", "end": "250 2.0.0 taken",
            "QUIT": "221 bye"}
LOG = peer.Log()
GATE = peer.Gate()
ASKED = {}
LOCK = threading.Lock()


class Over(Exception):
    """The script ends this connection."""


def say(connection, verb, recipient=None):
    own = SETTINGS.get("for", {}).get(recipient, {})
    script = own.get(verb, SETTINGS.get(verb, DEFAULTS.get(verb, "250 2.0.0 OK")))
    if isinstance(script, list):
        key = (recipient if verb in own else None, verb)
        with LOCK:
            position = ASKED.get(key, 0)
            ASKED[key] = position + 1
        script = script[min(position, len(script) - 1)]
    if script.startswith("hold "):
        GATE.wait()
        script = script[5:]
    if script == "hang":
        while connection.recv(65536):
            pass
        raise Over
    if script == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if script in ("close", "reset"):
        raise Over
    if script.startswith("flood "):
        while True:
            connection.sendall((script[6:] + "\r\n").encode() * 1000)
    if script.startswith("drip "):
        for character in script[5:] + "\r\n":
            connection.sendall(character.encode("latin-1"))
            time.sleep(0.5)
    elif script.startswith("raw "):
        connection.sendall(script[4:].encode("latin-1"))
    else:
        connection.sendall(b"".join(line.encode() + b"\r\n" for line in script.split("\n")))
    return script


def converse(connection, number):
    stream = connection.makefile("rb")
    say(connection, "connect")
    taken, recipient = 0, None
    while line := stream.readline():
        text = line.decode("latin-1").rstrip("\r\n")
        LOG.add(what="line", connection=number, text=text)
        verb = text.split(" ")[0].upper()
        if verb == "MAIL" and taken == SETTINGS.get("most"):
            connection.sendall(b"421 4.7.0 too many messages on one connection\r\n")
            return
        if verb == "RCPT":
            recipient = text.partition("<")[2].partition(">")[0]
        said = say(connection, verb, recipient)
        if verb == "QUIT":
            return
        if verb == "DATA" and said.startswith("354"):
            if "starve" in SETTINGS:
                stream.read(SETTINGS["starve"])
                LOG.add(what="starved", connection=number)
                GATE.wait()
                return
            content = b""
            while (line := stream.readline()) != b".\r\n":
                if not line:
                    return
                content += line
            LOG.add(what="text", connection=number, to=recipient, text=content.decode("latin-1"))
            taken += 1
            say(connection, "end", recipient)


def handle(connection, number):
    LOG.add(what="connection", id=number)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        converse(connection, number)
    except (OSError, Over):
        pass
    connection.close()
    LOG.add(what="closed", id=number)


def main():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(512)

    def accept():
        number = 0
        while True:
            connection, _ = server.accept()
            number += 1
            threading.Thread(target=handle, args=(connection, number), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    peer.serve({"smtp": server.getsockname()[1]}, LOG, GATE)


main()
