"""Finds out how frames for an address that moves between two hosts get through the network between them. See check.sh --help."""

import os
import socket
import struct
import sys
import time

ETHERTYPE = 0x88B5  # IEEE 802: for local experiments
BROADCAST = b"\xff" * 6
PROMISCUOUS = 1
SOL_PACKET, PACKET_ADD_MEMBERSHIP = 263, 1
ROUNDS, ROUND_SECONDS = 5, 0.4
HELLO, ANSWER = b"HOLDFAST?", b"HOLDFAST!"
KINDS = ["learned", "flooded", "multicast"]


def open_socket(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
    s.bind((device, ETHERTYPE))
    request = struct.pack("IHH8s", socket.if_nametoindex(device), PROMISCUOUS, 0, b"")
    s.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)
    return s


def frame(destination, source, payload):
    return (destination + source + struct.pack("!H", ETHERTYPE) + payload).ljust(60, b"\0")


def addresses(tag):
    """Three MAC addresses that no other station has: one sent from, one never sent from, and one of a group."""
    return [b"\x02\x48\x46" + tag + b"\x01", b"\x02\x48\x46" + tag + b"\x02", b"\x03\x48\x46" + tag + b"\x03"]


def answer(device):
    """Answers every request, until interrupted."""
    with open_socket(device) as s:
        own = s.getsockname()[4]
        print(f"answering on {device}; run check.sh --network {device} on the other host, and end this one afterwards", flush=True)
        while True:
            got = s.recv(2048)
            if got[14:].startswith(HELLO):
                for kind, address in enumerate(addresses(got[23:25])):
                    s.send(frame(address, own, ANSWER + bytes([kind])))


def ask(device):
    """Which of the ways an answer comes by."""
    heard = [0, 0, 0]
    asked = False
    with open_socket(device) as s:
        tag = os.urandom(2)
        mine = addresses(tag)
        for _ in range(ROUNDS):
            s.send(frame(BROADCAST, mine[0], HELLO + tag))
            end = time.monotonic() + ROUND_SECONDS
            while (left := end - time.monotonic()) > 0:
                s.settimeout(left)
                try:
                    got = s.recv(2048)
                except TimeoutError:
                    break
                if got[14:].startswith(ANSWER) and got[:6] in mine:
                    asked = True
                    heard[mine.index(got[:6])] += 1
    return asked, heard


def main():
    device = sys.argv[1]
    if sys.argv[2:] == ["answer"]:
        answer(device)
    asked, heard = ask(device)
    if not asked:
        print(f"MISSING  an answer on {device}: run check.sh --network {device} answer on the other host; or nothing gets through")
        return 1
    for kind, count in zip(KINDS, heard):
        says = "ok      " if count == ROUNDS else "partly  " if count else "no      "
        print(f"{says} link.presence = {kind}" + (f" ({count} of {ROUNDS} answers)" if 0 < count < ROUNDS else ""))
    return 0 if heard[0] == ROUNDS else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
    except OSError as e:
        print(f"MISSING  frames on {sys.argv[1]}: {e} (as root, with the device's name)")
        sys.exit(1)
