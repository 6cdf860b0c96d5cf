"""A mail server that takes everything at once and keeps nothing but a number.

Usage: smtp_sink.py
Ports: smtp. Log entries: none until {"do": "wait", …}, which then answers {"what": "count", "mails": N} alone.
"""
import socket
import threading

import peer

REPLIES = {b"EHLO": b"250-sink.example\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
LOCK = threading.Lock()


class Tally:
    """Stands where the other peers have a log."""

    def __init__(self):
        self.mails = 0

    def wait(self, _count, _wanted):
        return [{"what": "count", "mails": self.mails}]


TALLY = Tally()


def converse(connection):
    stream = connection.makefile("rb", 65536)
    connection.sendall(b"220 sink.example\r\n")
    while line := stream.readline():
        verb = line[:4].upper()
        connection.sendall(REPLIES.get(verb, b"250 2.0.0 OK\r\n"))
        if verb == b"QUIT":
            return
        if verb == b"DATA":
            while (line := stream.readline()) != b".\r\n":
                if not line:
                    return
            with LOCK:
                TALLY.mails += 1
            connection.sendall(b"250 2.0.0 taken\r\n")


def handle(connection):
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        converse(connection)
    except OSError:
        pass
    connection.close()


def main():
    server = socket.create_server(("127.0.0.1", 0), backlog=512)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    peer.serve({"smtp": server.getsockname()[1]}, TALLY)


main()
