"""A SOCKS5 proxy that lets nobody through.

Usage: socks_peer.py [SETTINGS]   (JSON)
  "refuses": "login" (asks for one, and takes none) | "none" (of the methods offered, no one will do)
Log entries: {"what": "connection"}
Source: RFC 1928, section 3, and RFC 1929, section 2.
"""
import json
import socket
import sys
import threading

import peer

SETTINGS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
LOG = peer.Log()


def converse(connection):
    LOG.add(what="connection")
    with connection:
        connection.recv(512)
        if SETTINGS.get("refuses") == "login":
            connection.sendall(b"\x05\x02")
            connection.recv(512)
            connection.sendall(b"\x01\x01")
        else:
            connection.sendall(b"\x05\xff")
        connection.recv(512)


def listen():
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


peer.serve({"socks": listen()}, LOG)
