"""A client of the conformance agent: its protocol, and nothing of the stack. Python's standard library only."""

import socket
import struct

HELLO, SOCKET, BIND, LISTEN, ACCEPT, CONNECT, RECV, SEND, SHUTDOWN, CLOSE, SETOPT, GETOPT, POLL, PKT_IN, PKT_OUT, \
    ADVANCE, CONFIG = range(1, 18)
AUTO_ADVANCE = 1
PEEK, DONTWAIT, TRUNC, WAITALL, OOB, MORE, EOR, FASTOPEN = (1 << i for i in range(8))
POLLIN, POLLOUT, POLLERR, POLLHUP, POLLNVAL, POLLRDHUP = 1, 4, 8, 16, 32, 0x2000
LOCAL, GATEWAY, REMOTE = "192.168.0.1", "192.168.0.2", "192.0.2.1"


def string(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def address(ip, port=0):
    data = ip_bytes(ip)
    return struct.pack(">B", len(data)) + data + struct.pack(">H", port)


def ip_bytes(ip):
    return b"" if ip is None else socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip)


class Closed(Exception):
    """The agent ended the connection."""


class Call:
    """A request under way; its reply once `done`."""

    def __init__(self, agent, number):
        self.agent, self.number = agent, number
        self.done, self.result, self.time_us, self.data = False, None, None, b""

    def wait(self):
        while not self.done:
            self.agent.read_reply()
        return self


class Agent:
    """One session. `now` is the caller's clock in microseconds, sent with every request of a virtual session."""

    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.pending, self.next_id, self.now, self.buffer = {}, 1, 0, b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- frames

    def start(self, op, body=b"", flags=0, t=None):
        number, self.next_id = self.next_id, self.next_id + 1
        call = self.pending[number] = Call(self, number)
        t = self.now if t is None else t
        self.socket.sendall(struct.pack(">IBBHIq", 16 + len(body), op, flags, 0, number, t) + body)
        return call

    def call(self, op, body=b"", flags=0, t=None):
        return self.start(op, body, flags, t).wait()

    def read_exactly(self, n):
        while len(self.buffer) < n:
            data = self.socket.recv(1 << 16)
            if not data:
                raise Closed()
            self.buffer += data
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def read_reply(self):
        length, = struct.unpack(">I", self.read_exactly(4))
        frame = self.read_exactly(length)
        op, flags, reserved, number, time_us, result = struct.unpack(">BBHIqi", frame[:20])
        assert op & 0x80 and reserved == 0, "not a reply"
        call = self.pending.pop(number)
        call.done, call.time_us, call.result, call.data = True, time_us, result, frame[20:]

    # --- calls, in the order of the protocol

    def hello(self, virtual=True, mtu=1500, local=LOCAL, prefix=16, gateway=GATEWAY, remote=REMOTE, version=1, link=0):
        ip = lambda a: struct.pack(">B", len(ip_bytes(a))) + ip_bytes(a)
        return self.call(HELLO, struct.pack(">HBBH", version, 1 if virtual else 0, link, mtu) + ip(local)
                         + struct.pack(">B", prefix) + ip(gateway) + ip(remote))

    def open(self, kind=1, family=4, protocol=0):
        return self.call(SOCKET, struct.pack(">BBH", family, kind, protocol)).result

    def bind(self, h, ip="0.0.0.0", port=8080):
        return self.call(BIND, struct.pack(">i", h) + address(ip, port)).result

    def listen(self, h, backlog=1):
        return self.call(LISTEN, struct.pack(">ii", h, backlog)).result

    def start_accept(self, h, flags=0):
        return self.start(ACCEPT, struct.pack(">i", h), flags)

    def accept(self, h, flags=AUTO_ADVANCE):
        return self.start_accept(h, flags).wait().result

    def start_connect(self, h, ip=REMOTE, port=8080, flags=0):
        return self.start(CONNECT, struct.pack(">i", h) + address(ip, port), flags)

    def connect(self, h, ip=REMOTE, port=8080, flags=AUTO_ADVANCE):
        return self.start_connect(h, ip, port, flags).wait().result

    def start_recv(self, h, n, flags=0, frame_flags=0):
        return self.start(RECV, struct.pack(">iII", h, n, flags), frame_flags)

    def recv(self, h, n, flags=0, frame_flags=AUTO_ADVANCE):
        """Result below 0, or the bytes."""
        call = self.start_recv(h, n, flags, frame_flags).wait()
        if call.result < 0:
            return call.result
        return call.data[1 + call.data[0] + 2:]

    def start_send(self, h, data, flags=0, to=None, frame_flags=0):
        return self.start(SEND, struct.pack(">iI", h, flags) + (address(*to) if to else address(None)) + data, frame_flags)

    def send(self, h, data, flags=0, to=None, frame_flags=AUTO_ADVANCE):
        return self.start_send(h, data, flags, to, frame_flags).wait().result

    def shutdown(self, h, how):
        return self.call(SHUTDOWN, struct.pack(">iB", h, how)).result

    def start_close(self, h, flags=0):
        return self.start(CLOSE, struct.pack(">i", h), flags)

    def end(self, h, flags=AUTO_ADVANCE):
        return self.start_close(h, flags).wait().result

    def set(self, h, name, *values):
        data = b"".join(v if isinstance(v, bytes) else struct.pack(">i", v) for v in values)
        return self.call(SETOPT, struct.pack(">i", h) + string(name) + struct.pack(">H", len(data)) + data).result

    def get(self, h, name, size=64):
        """Result below 0, an int, a pair of ints, or bytes for a name."""
        call = self.call(GETOPT, struct.pack(">i", h) + string(name) + struct.pack(">H", size))
        if call.result < 0:
            return call.result
        n, = struct.unpack(">H", call.data[:2])
        data = call.data[2:]
        assert len(data) == n, "length of option value"
        if name == "TCP_CONGESTION":
            return data
        return struct.unpack(">i", data)[0] if n == 4 else struct.unpack(">ii", data)

    def info(self, h):
        call = self.call(GETOPT, struct.pack(">i", h) + string("TCP_INFO") + struct.pack(">H", 4096))
        if call.result < 0:
            return call.result
        zero, count = struct.unpack(">HH", call.data[:4])
        assert zero == 0
        data, keys = call.data[4:], {}
        for _ in range(count):
            n, = struct.unpack(">H", data[:2])
            keys[data[2:2 + n].decode()], = struct.unpack(">q", data[2 + n:10 + n])
            data = data[10 + n:]
        assert not data
        return keys

    def start_poll(self, wanted, timeout_ms, flags=0):
        body = struct.pack(">Hi", len(wanted), timeout_ms)
        return self.start(POLL, body + b"".join(struct.pack(">iH", h, events) for h, events in wanted), flags)

    def poll(self, h, events=POLLIN | POLLOUT | POLLRDHUP, timeout_ms=0, flags=AUTO_ADVANCE):
        """revents of one handle."""
        call = self.start_poll([(h, events)], timeout_ms, flags).wait()
        assert call.result in (0, 1), call.result
        return struct.unpack(">H", call.data)[0]

    def packet_in(self, packet):
        return self.call(PKT_IN, packet).result

    def start_packet_out(self, deadline_us):
        return self.start(PKT_OUT, struct.pack(">q", deadline_us))

    def packet_out(self, deadline_us):
        """(sent_us, packet), or None at the deadline."""
        call = self.start_packet_out(deadline_us).wait()
        assert call.result >= 0, call.result
        self.now = max(self.now, call.time_us)
        return (struct.unpack(">q", call.data[:8])[0], call.data[8:]) if len(call.data) > 8 else None

    def advance(self, to_us):
        call = self.call(ADVANCE, struct.pack(">q", to_us))
        self.now = max(self.now, call.time_us)
        return call.result

    def config(self, key, value):
        return self.call(CONFIG, string(key) + string(str(value))).result
