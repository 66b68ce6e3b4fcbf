"""ADDRESS PORT UNTIL: a FIX 4.2 client. Each limit order is answered with two execution reports: new, and filled."""

import socket
import sys
import time

from common import Ops, fail

SOH = "\x01"


class Session:
    def __init__(self, address, port):
        self.socket = socket.create_connection((address, int(port)), 30)
        self.socket.settimeout(30)
        self.rest = b""
        self.sent = 0
        self.got = 0

    def send(self, kind, *fields):
        self.sent += 1
        now = time.strftime("%Y%m%d-%H:%M:%S.000", time.gmtime())
        body = SOH.join([f"35={kind}", "49=BANZAI", "56=EXEC", f"34={self.sent}", f"52={now}", *fields]) + SOH
        head = f"8=FIX.4.2{SOH}9={len(body)}{SOH}"
        self.socket.sendall((head + body + f"10={sum((head + body).encode()) % 256:03d}{SOH}").encode())

    def receive(self):
        """The next message but for heartbeats, as a dictionary; its number must be the next one, and its checksum right."""
        while True:
            end = self.rest.find(b"\x0110=")
            if 0 <= end <= len(self.rest) - 8:
                message, self.rest = self.rest[:end + 8], self.rest[end + 8:]
                if sum(message[:end + 1]) % 256 != int(message[end + 4:end + 7]):
                    fail(f"checksum of {message!r}")
                fields = dict(part.split("=", 1) for part in message.decode().strip(SOH).split(SOH))
                self.got += 1
                if int(fields["34"]) != self.got:
                    fail(f"message {fields['34']} where {self.got} was due: {message!r}")
                if fields["35"] == "0":
                    continue
                if fields["35"] == "1":
                    self.send("0", f"112={fields['112']}")
                    continue
                return fields
            more = self.socket.recv(65_536)
            if not more:
                fail(f"the server ended the connection after {self.got} messages")
            self.rest += more


def main():
    address, port, until = sys.argv[1:]
    session = Session(address, port)
    session.send("A", "98=0", "108=30")
    if session.receive()["35"] != "A":
        fail("no logon")
    ops = Ops(until)
    number = 0
    while ops.go_on():
        number += 1
        ops.begin()
        now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        session.send("D", f"11=order{number}", "21=1", "55=IBM", "54=1", f"60={now}", "40=2", "44=100", f"38={number % 90 + 1}")
        for status in ("0", "2"):
            report = session.receive()
            if report["35"] != "8" or report["39"] != status or report["11"] != f"order{number}":
                fail(f"order {number}: {report}")
        ops.done("order")


main()
