"""Names that lead into our own network, told by a name server of our own; run by faults.py in a network of its own.

    python3 names.py TOCSIN

Every channel is without `private`. Prints their number and what went wrong, as JSON.
"""

import array
import fcntl
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

# Nobody's (TEST-NET-3), and not private: in this network it leads nowhere.
OPEN = "203.0.113.9"
A, CNAME, AAAA = 1, 5, 28
# What the name server says, in turn, the last one for ever: lists of (type, value).
NAMES = {
    "plain": [[(A, "127.0.0.1")]],
    "ten": [[(A, "10.0.0.1")]],
    "meta": [[(A, "169.254.169.254")]],
    "mapped": [[(AAAA, "::ffff:127.0.0.1")]],
    "alias": [[(CNAME, "plain.acme.example"), (A, "127.0.0.1")]],
    "both": [[(A, OPEN), (A, "127.0.0.1")]],
    "rebinding": [[(A, OPEN)], [(A, "127.0.0.1")]],
}


def raise_loopback():
    """A new network has its loopback down: SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP."""
    with socket.socket() as any_socket:
        request = array.array("B", struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(any_socket, 0x8913, request)
        flags = struct.unpack_from("h", request, 16)[0]
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(owner, kind, value):
    data = {A: lambda: socket.inet_pton(socket.AF_INET, value), CNAME: lambda: encoded(value),
            AAAA: lambda: socket.inet_pton(socket.AF_INET6, value)}[kind]()
    return encoded(owner) + struct.pack(">HHIH", kind, 1, 0, len(data)) + data


def answer_names(server):
    asked = {}
    while True:
        packet, client = server.recvfrom(4096)
        end = packet.index(b"\0", 12)
        labels, at = [], 12
        while at < end:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode())
            at += packet[at] + 1
        name, kind = ".".join(labels), struct.unpack_from(">H", packet, end + 1)[0]
        turns = NAMES.get(labels[0].lower(), [[]])
        if kind == A:
            asked[name] = asked.get(name, -1) + 1
        facts = turns[min(asked.get(name, 0), len(turns) - 1)]
        records, owner = [], name
        for found, value in facts:
            if found in (kind, CNAME):
                records.append(record(owner, found, value))
            owner = value if found == CNAME else owner
        head = packet[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0)
        server.sendto(head + packet[12:end + 5] + b"".join(records), client)


def main():
    raise_loopback()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-names."))
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", folder / "resolv.conf", "/etc/resolv.conf"], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=answer_names, args=(server,), daemon=True).start()
    inside = socket.create_server(("::", 9443), family=socket.AF_INET6, dualstack_ipv6=True)
    inside.setblocking(False)
    channels = {}
    for name in NAMES:
        place = f"{name}.acme.example:9443"
        channels[name] = {"type": "webhook", "url": f"https://{place}/", "health": f"https://{place}/", "timeout": "2s"}
        channels[f"mail-{name}"] = {"type": "smtp", "url": f"smtp://{place}", "from": "a@acme.example", "timeout": "2s"}
    config = folder / "channels.json"
    config.write_text(json.dumps({"sender": {"name": "Acme"}, "store": "tocsin.db", "channels": channels}))
    config.chmod(0o600)
    problems = []
    for turn in range(2):
        probe = subprocess.run([sys.argv[1], "channels", "probe", "--json"], cwd=folder, capture_output=True)
        for name, found in json.loads(probe.stdout)["channels"].items():
            # What leads elsewhere as well, or did when it was first asked, may fail there; it is connected to nowhere.
            is_mixed = name.endswith("both") or name.endswith("rebinding") and turn == 0
            if not is_mixed and "address-forbidden" not in found.get("why", ""):
                problems.append(f"{name}: {found}")
    try:
        inside.accept()
        problems.append("somebody was connected to")
    except BlockingIOError:
        pass
    shutil.rmtree(folder)
    print(json.dumps({"channels": len(channels), "problems": problems}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
