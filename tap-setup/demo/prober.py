"""Runs in the client's host, until it is told to end: transfers without end, of content that is known. Arguments: host:port, a file with the
content. Writes a JSON line for each transfer that failed, and for each second in which something moved: how long nothing had."""

import hashlib
import json
import signal
import socket
import sys
import threading
import time

PATIENCE_S = 20
PULSE_S = 0.25
# Slow enough that each kill strikes in the middle.
BYTES_A_SECOND = 2 << 20
PIECE = 32 << 10
REPORT_S = 1.0


class Watch:
    """How long one kind of transfer stood still."""

    def __init__(self, kind):
        self.kind = kind
        self.last = time.time()
        self.reported = self.last
        self.worst = 0.0
        self.done = 0

    def moved(self):
        now = time.time()
        self.worst = max(self.worst, now - self.last)
        self.last = now
        if now - self.reported > REPORT_S:
            print(json.dumps({"kind": self.kind, "at": now, "stallMs": round(self.worst * 1e3, 1), "done": self.done}), flush=True)
            self.reported = now
            self.worst = 0.0

    def rested(self):
        """Nothing was to move."""
        self.last = time.time()


def connect(address):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * PIECE)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * PIECE)
    s.settimeout(PATIENCE_S)
    s.connect(address)
    return s


def head(s, watch):
    """What comes before the body, and what of the body came with it."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = s.recv(PIECE)
        if not part:
            raise ConnectionError("ended before the answer")
        watch.moved()
        got += part
    lines, _, body = got.partition(b"\r\n\r\n")
    if not lines.startswith(b"HTTP/1.1 20"):
        raise ConnectionError(f"answered {lines.splitlines()[0]!r}")
    return body


def download(address, content, watch, rate):
    with connect(address) as s:
        s.sendall(f"GET /file/content.bin HTTP/1.1\r\nHost: {address[0]}\r\nConnection: close\r\n\r\n".encode())
        body = head(s, watch)
        digest, size, began = hashlib.sha256(body), len(body), time.time()
        while size < len(content):
            pace(size, began, rate, watch)
            part = s.recv(PIECE)
            if not part:
                raise ConnectionError(f"ended after {size} bytes of {len(content)}")
            watch.moved()
            digest.update(part)
            size += len(part)
        if digest.digest() != hashlib.sha256(content).digest():
            raise ConnectionError("what arrived differs from what was sent")


def upload(address, content, watch, rate):
    with connect(address) as s:
        s.sendall(f"PUT /sha256/soak HTTP/1.1\r\nHost: {address[0]}\r\nConnection: close\r\n"
                  f"Content-Length: {len(content)}\r\n\r\n".encode())
        began = time.time()
        for at in range(0, len(content), PIECE):
            pace(at, began, rate, watch)
            s.sendall(content[at:at + PIECE])
            watch.moved()
        body = head(s, watch)
        while part := s.recv(PIECE):
            body += part
        if hashlib.sha256(content).hexdigest().encode() not in body:
            raise ConnectionError(f"what the server got differs from what was sent: {body[:100]!r}")


def pace(done, began, rate, watch):
    ahead = done / rate - (time.time() - began) if rate else 0
    if ahead > 0:
        time.sleep(ahead)
        watch.rested()


def repeat(kind, work, pause):
    watch = Watch(kind)
    while True:
        began = time.time()
        watch.rested()
        try:
            work(watch)
            watch.done += 1
        except OSError as e:
            print(json.dumps({"kind": kind, "at": time.time(), "began": began, "failed": str(e)}), flush=True)
            time.sleep(1)
        time.sleep(pause)


def main():
    host, _, port = sys.argv[1].partition(":")
    address = (host, int(port))
    with open(sys.argv[2], "rb") as file:
        content = file.read()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for kind, work, pause in (("request", lambda watch: download(address, content, watch, 0), PULSE_S),
                              ("download", lambda watch: download(address, content, watch, BYTES_A_SECOND), 0),
                              ("upload", lambda watch: upload(address, content, watch, BYTES_A_SECOND), 0)):
        threading.Thread(target=repeat, args=(kind, work, pause), daemon=True).start()
    while True:
        time.sleep(1)


main()
