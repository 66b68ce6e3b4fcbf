#!/usr/bin/env python3
"""The kernel behind the conformance agent's protocol: what a check says of Holdfast can so be asked of Linux.

    sudo conformance/agent/linux_agent.py --socket PATH

Each connection gets a process with a network namespace and a TUN device of its own, with a real-time priority where that
is allowed. Time is real; what asks for virtual time is paced instead: time 0 is HELLO, and a request is carried out when
its time has come. When a packet left is taken from the kernel's own stamp, not from when it was read here. Root only.
"""

import argparse
import ctypes
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from agent import (ACCEPT, ADVANCE, AUTO_ADVANCE, BIND, CLOSE, CONFIG, CONNECT, GETOPT, HELLO, LISTEN, PKT_IN, PKT_OUT,
                   POLL, RECV, SEND, SETOPT, SHUTDOWN, SOCKET)  # noqa: E402

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
ETH_P_ALL, PACKET_OUTGOING, SO_TIMESTAMPNS = 3, 4, 35
# What the kernel is doing now counts as done at this time.
GRACE_US = 1000
SHORT = 0.0005
SILENT_LIMIT_US = 20_000_000
FLAGS = ((1, socket.MSG_PEEK), (2, socket.MSG_DONTWAIT), (4, socket.MSG_TRUNC), (8, socket.MSG_WAITALL),
         (16, socket.MSG_OOB), (32, socket.MSG_MORE), (64, socket.MSG_EOR), (128, socket.MSG_FASTOPEN))
LEVELS = {"SO_": socket.SOL_SOCKET, "TCP": socket.IPPROTO_TCP, "IP_": socket.IPPROTO_IP}
OPTIONS = {"SO_REUSEADDR": 2, "SO_KEEPALIVE": 9, "SO_LINGER": 13, "SO_SNDBUF": 7, "SO_RCVBUF": 8, "SO_ERROR": 4,
           "TCP_NODELAY": 1, "TCP_MAXSEG": 2, "TCP_CORK": 3, "TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 6,
           "TCP_SYNCNT": 7, "TCP_LINGER2": 8, "TCP_USER_TIMEOUT": 18, "TCP_QUICKACK": 12, "TCP_CONGESTION": 13,
           "IP_TOS": 1, "IP_TTL": 2}
SYSCTL = {"tcp.timestamps": "tcp_timestamps", "tcp.sack": "tcp_sack", "tcp.ecn": "tcp_ecn",
          "tcp.slow_start_after_idle": "tcp_slow_start_after_idle",
          "tcp.window_scaling": "tcp_window_scaling"}

# A kernel may be tuned otherwise; these are its own defaults.
DEFAULTS = {"ipv6/conf/all/disable_ipv6": "1", "ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0",
            "ipv4/tcp_rmem": "4096 131072 6291456",
            "ipv4/tcp_wmem": "4096 16384 4194304", "ipv4/tcp_slow_start_after_idle": "1", "ipv4/tcp_timestamps": "1",
            "ipv4/tcp_ecn": "2", "ipv4/tcp_no_metrics_save": "1"}


def sysctl(name, value):
    with open("/proc/sys/net/" + name, "w") as f:
        f.write(value)


class Refused(Exception):
    def __init__(self, number):
        self.number = number


class Malformed(Exception):
    pass


# Bodies that have one length.
LENGTHS = {SOCKET: 4, LISTEN: 8, ACCEPT: 4, RECV: 12, SHUTDOWN: 5, CLOSE: 4, PKT_OUT: 8, ADVANCE: 8}


def body_length(op, body):
    """Length of a body by the lengths in it; None if it ends with the end of the frame."""
    def text(at):
        return at + 2 + struct.unpack(">H", body[at:at + 2])[0]

    def ip(at):
        if body[at] not in (0, 4, 16):
            raise Malformed("an address of %d bytes" % body[at])
        return at + 1 + body[at]
    if op == HELLO:
        return ip(ip(ip(6) + 1))
    if op in (BIND, CONNECT):
        return ip(4) + 2
    if op == SEND:
        ip(8)
    if op == SETOPT:
        return text(text(4))
    if op == GETOPT:
        return text(4) + 2
    if op == POLL:
        return 6 + 6 * struct.unpack(">H", body[:2])[0]
    return text(text(0)) if op == CONFIG else LENGTHS.get(op)


class Session:
    def __init__(self, connection):
        self.connection, self.buffer = connection, b""
        self.sockets, self.pending, self.device, self.capture, self.packets = {}, [], None, None, []
        self.blocking, self.configuration, self.congestion, self.base = {}, [], "cubic", None
        self.wake_reader, self.wake_writer = os.pipe()

    def now(self):
        return 0 if self.base is None else int((time.clock_gettime(time.CLOCK_REALTIME) - self.base) * 1e6)

    def run(self):
        """Starts requests in the order they came, each when its time has come, and completes what can be."""
        ended, waiting = False, None
        while True:
            progress = self.look()
            if ended and not self.buffer:
                return
            frame, delay = self.due()
            if waiting is not None and waiting in self.pending:
                if self.now() >= waiting["limit"]:
                    self.pending.remove(waiting)
                    self.reply(waiting, -errno.ETIMEDOUT)
                frame = None
            elif frame is not None:
                waiting = self.begin(frame)
                continue
            if not progress:
                ended = self.wait(delay) or ended

    def due(self):
        """The next whole frame if its time has come, or None and how long that takes."""
        if len(self.buffer) < 4:
            return None, None
        length, = struct.unpack(">I", self.buffer[:4])
        if not 16 <= length <= 1 << 20:
            raise Malformed("length %d" % length)
        if len(self.buffer) < 4 + length:
            return None, None
        frame = self.buffer[4:4 + length]
        t, = struct.unpack(">q", frame[8:16])
        if self.base is not None and self.paced and self.now() < t:
            return None, (t - self.now()) / 1e6
        self.buffer = self.buffer[4 + length:]
        return frame, None

    def begin(self, frame):
        """Starts a request; it, if nothing else may start before it is completed."""
        op, flags, reserved, number, _ = struct.unpack(">BBHIq", frame[:16])
        if not HELLO <= op <= CONFIG or reserved:
            raise Malformed("op %d, reserved %d" % (op, reserved))
        try:
            length = body_length(op, frame[16:])
            if length not in (None, len(frame) - 16):
                raise Malformed("op %d with %d bytes instead of %d" % (op, len(frame) - 16, length))
            attempt = self.start(op, frame[16:], flags)
        except (struct.error, IndexError, UnicodeDecodeError) as e:
            raise Malformed("op %d: %s" % (op, e))
        call = {"op": op, "number": number, "attempt": attempt, "limit": self.now() + SILENT_LIMIT_US,
                "wants": getattr(attempt, "wants", (None, None, None))}
        self.pending.append(call)
        return call if flags & AUTO_ADVANCE else None

    def look(self):
        """Takes packets from the device, and completes what can be; true if anything was."""
        progress = False
        if self.capture is not None:
            progress = self.take_packets()
        for call in list(self.pending):
            try:
                reply = call["attempt"]()
            except Refused as refused:
                reply = (-refused.number, b"")
            except OSError as failure:
                reply = (-failure.errno, b"")
            if reply is not None:
                self.pending.remove(call)
                self.reply(call, *reply)
                progress = True
        return progress

    def take_packets(self):
        taken = False
        while select.select([self.device], [], [], 0)[0]:
            os.read(self.device, 1 << 17)
        while select.select([self.capture], [], [], 0)[0]:
            data, extra, _, address = self.capture.recvmsg(1 << 17, 256)
            if address[2] != PACKET_OUTGOING:
                continue
            seconds, nanos = struct.unpack("=qq", extra[0][2][:16])
            stamp = int((seconds - self.base) * 1e6 + nanos / 1e3) if self.base is not None else 0
            self.packets.append((stamp, data))
            taken = True
        return taken

    def reply(self, call, result, data=b""):
        body = struct.pack(">i", result) + (data if result >= 0 else b"")
        self.connection.sendall(struct.pack(">IBBHIq", 16 + len(body), call["op"] | 0x80, 0, 0, call["number"], self.now())
                                + body)

    def wait(self, delay):
        """Sleeps until something may have changed; true if the peer has closed."""
        readers, writers = [self.wake_reader], []
        if delay is None:
            readers.append(self.connection)
        if self.capture is not None:
            readers += [self.capture, self.device]
        timeouts = [] if delay is None else [delay]
        for call in self.pending:
            reading, writing, until = call["wants"]
            readers += [s for s in reading or () if s.fileno() >= 0]
            writers += [s for s in writing or () if s.fileno() >= 0]
            timeouts += [max(0, (t - self.now()) / 1e6) for t in (until, call["limit"]) if t is not None]
        ready, able, _ = select.select(readers, writers, [], min(timeouts) if timeouts else None)
        if self.wake_reader in ready:
            os.read(self.wake_reader, 64)
        if self.connection in ready:
            data = self.connection.recv(1 << 20)
            if not data:
                return True
            self.buffer += data
        elif ready or able:
            # The socket may be ready for another event than the awaited one: do not poll at full speed.
            time.sleep(SHORT if self.capture not in ready else 0)
        return False

    def start(self, op, body, flags):
        if self.base is None and op not in (HELLO, CONFIG):
            return self.refuse(errno.EINVAL)
        h, = struct.unpack(">i", body[:4]) if len(body) >= 4 else (None,)
        if op in (BIND, LISTEN, ACCEPT, CONNECT, RECV, SEND, SHUTDOWN, CLOSE, SETOPT, GETOPT) and h not in self.sockets:
            return self.refuse(errno.EBADF)
        return {HELLO: self.hello, SOCKET: self.socket, BIND: self.bind, LISTEN: self.listen, ACCEPT: self.accept,
                CONNECT: self.connect, RECV: self.recv, SEND: self.send, SHUTDOWN: self.shutdown, CLOSE: self.close,
                SETOPT: self.setopt, GETOPT: self.getopt, POLL: self.poll, PKT_IN: self.packet_in,
                PKT_OUT: self.packet_out, ADVANCE: self.advance, CONFIG: self.config}[op](body, h)

    @staticmethod
    def refuse(number):
        def attempt():
            raise Refused(number)
        return attempt

    @staticmethod
    def wants(attempt, reading=None, writing=None, until=None):
        """Says what an attempt that does not complete waits for."""
        attempt.wants = (reading, writing, until)
        return attempt

    def blocks(self, call, h):
        """Tries until it no longer would block; at once if the socket or the call does not block."""
        def attempt():
            try:
                return call()
            except OSError as failure:
                if failure.errno == errno.EAGAIN and self.blocking.get(h):
                    return None
                raise
        return self.wants(attempt, [self.sockets[h]])

    # --- ops

    def hello(self, body, _):
        version, clock, link, mtu, n = struct.unpack(">HBBHB", body[:7])
        local, rest = body[7:7 + n], body[7 + n:]
        prefix, n = rest[0], rest[1]
        gateway, rest = rest[2:2 + n], rest[2 + n:]
        remote = rest[1:1 + rest[0]]
        refusal = errno.EPROTONOSUPPORT if version != 1 else errno.EOPNOTSUPP if link else \
            errno.EAFNOSUPPORT if 16 in (len(local), len(gateway), len(remote)) else \
            errno.EINVAL if len(local) != 4 or prefix > 32 or mtu < 68 or clock > 1 or self.base is not None else 0

        def attempt():
            if refusal:
                raise Refused(refusal)
            self.enter_namespace(socket.inet_ntoa(local), prefix, mtu, gateway and socket.inet_ntoa(gateway))
            for key, value in self.configuration:
                self.apply(key, value)
            self.paced = clock == 1
            time.sleep(0.01)
            self.take_packets()
            self.packets.clear()
            self.base = time.clock_gettime(time.CLOCK_REALTIME) if self.paced else 0
            return 0, b""
        return attempt

    def enter_namespace(self, local, prefix, mtu, gateway):
        ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET)
        self.device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self.device, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN_NO_PI))
        for setting, value in DEFAULTS.items():
            sysctl(setting, value)
        commands = ("link set lo up", "address add %s/%d dev tun0" % (local, prefix), "link set tun0 mtu %d up" % mtu,
                    "route add default %s dev tun0" % ("via " + gateway if gateway else ""))
        subprocess.run(["ip", "-batch", "-"], input="\n".join(commands).encode(), check=True)
        self.capture = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE if hasattr(socket, "SO_RCVBUFFORCE") else 33, 8 << 20)
        self.capture.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.capture.bind(("tun0", ETH_P_ALL))
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except PermissionError:
            pass  # less exact, not less right

    def socket(self, body, _):
        family, kind, protocol = struct.unpack(">BBH", body)

        def attempt():
            if family == 6:
                raise Refused(errno.EAFNOSUPPORT)
            s = socket.socket(socket.AF_INET, kind, protocol)
            s.setblocking(False)
            if kind == 1:
                # By socket: a namespace may not make a restricted one its default.
                s.setsockopt(socket.IPPROTO_TCP, OPTIONS["TCP_CONGESTION"], self.congestion.encode())
            return self.add(s), b""
        return attempt

    def add(self, s):
        h = next(i for i in range(3, 99999) if i not in self.sockets)
        self.sockets[h], self.blocking[h] = s, True
        return h

    @staticmethod
    def address(body):
        n = body[0]
        return (socket.inet_ntoa(body[1:1 + n]) if n == 4 else None, struct.unpack(">H", body[1 + n:3 + n])[0]), body[3 + n:]

    @staticmethod
    def packed(address):
        return b"\4" + socket.inet_aton(address[0]) + struct.pack(">H", address[1]) if address else b"\0\0\0"

    def bind(self, body, h):
        address, _ = self.address(body[4:])
        if address[0] is None:
            return self.refuse(errno.EINVAL)
        return lambda: (self.sockets[h].bind(address), (0, b""))[1]

    def listen(self, body, h):
        backlog, = struct.unpack(">i", body[4:])
        return lambda: (self.sockets[h].listen(backlog), (0, b""))[1]

    def accept(self, body, h):
        def call():
            s, peer = self.sockets[h].accept()
            s.setblocking(False)
            return self.add(s), self.packed(peer)
        return self.blocks(call, h)

    def connect(self, body, h):
        (ip, port), _ = self.address(body[4:])
        s = self.sockets[h]
        if ip is None:
            return lambda: (ctypes.CDLL(None).connect(s.fileno(), b"\0" * 16, 16), b"")
        state = []

        def attempt():
            if not state:
                state.append(s.connect_ex((ip, port)))
                if state[0] not in (errno.EINPROGRESS, errno.EALREADY) or not self.blocking[h]:
                    return -state[0], b""
            if not select.select([], [s], [], 0)[1]:
                return None
            result = s.connect_ex((ip, port))
            return -result, b""
        return self.wants(attempt, writing=[s])

    @staticmethod
    def flags(word):
        return sum(theirs for ours, theirs in FLAGS if word & ours)

    def recv(self, body, h):
        size, word = struct.unpack(">II", body[4:])
        s, flags, kept = self.sockets[h], self.flags(word), [b""]

        def call():
            if word & 8 and not word & 2:
                data = s.recv(size - len(kept[0]), flags & ~socket.MSG_WAITALL)
                kept[0] += data
                if data and len(kept[0]) < size:
                    raise OSError(errno.EAGAIN, "")
                return len(kept[0]), b"\0\0\0" + kept[0]
            space = bytearray(max(size, 1))
            n, peer = s.recvfrom_into(space, size, flags) if size else (len(s.recv(0, flags)), None)
            stream = s.type == socket.SOCK_STREAM
            data = b"" if stream and word & 4 else bytes(space[:min(n, size)])
            return n, self.packed(None if stream else peer) + data
        return self.refuse_or(self.blocks(call, h), word, call)

    @staticmethod
    def refuse_or(waiting, word, call):
        return call if word & 2 else waiting

    def send(self, body, h):
        word, = struct.unpack(">I", body[4:8])
        (ip, port), data = self.address(body[8:])
        s, flags, sent = self.sockets[h], self.flags(word) | socket.MSG_NOSIGNAL, [0]

        def call():
            while True:
                try:
                    part = data[sent[0]:]
                    sent[0] += s.sendto(part, flags, (ip, port)) if ip else s.send(part, flags)
                except OSError as failure:
                    if failure.errno == errno.EAGAIN and self.blocking[h] and not word & 2:
                        return None
                    if sent[0]:
                        return sent[0], b""
                    raise
                if sent[0] >= len(data):
                    return sent[0], b""
        return self.wants(call, writing=[s])

    def shutdown(self, body, h):
        def attempt():
            if body[4] > 2:
                raise Refused(errno.EINVAL)
            self.sockets[h].shutdown(body[4])
            return 0, b""
        return attempt

    def close(self, body, h):
        s = self.sockets.pop(h)
        done, word = [], s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        onoff, seconds = struct.unpack("=ii", word)
        if not (onoff and seconds and s.type == socket.SOCK_STREAM):
            return lambda: (s.close(), (0, b""))[1]

        def lingering():
            s.close()
            done.append(1)
            os.write(self.wake_writer, b"x")
        threading.Thread(target=lingering, daemon=True).start()
        return lambda: (0, b"") if done else None

    def setopt(self, body, h):
        n, = struct.unpack(">H", body[4:6])
        name, value = body[6:6 + n].decode(), body[8 + n:]
        if name == "NONBLOCK":
            self.blocking[h] = value == b"\0\0\0\0"
            return lambda: (0, b"")
        if name not in OPTIONS:
            return self.refuse(errno.ENOPROTOOPT)
        if name != "TCP_CONGESTION":
            value = b"".join(value[i:i + 4][::-1] for i in range(0, len(value), 4))
        return lambda: (self.sockets[h].setsockopt(LEVELS[name[:3]], OPTIONS[name], value), (0, b""))[1]

    def getopt(self, body, h):
        n, = struct.unpack(">H", body[4:6])
        name, s = body[6:6 + n].decode(), self.sockets[h]
        if name == "TCP_INFO":
            return lambda: (0, self.info(s))
        if name == "NONBLOCK":
            return lambda: (0, struct.pack(">Hi", 4, not self.blocking[h]))
        if name in ("INQ", "OUTQ"):
            return lambda: (0, struct.pack(">H", 4) + fcntl.ioctl(s, 0x541B if name == "INQ" else 0x5411, b"\0" * 4)[::-1])
        if name not in OPTIONS:
            return self.refuse(errno.ENOPROTOOPT)

        def attempt():
            value = s.getsockopt(LEVELS[name[:3]], OPTIONS[name], 64)
            if name == "TCP_CONGESTION":
                value = value.rstrip(b"\0")
            else:
                value = b"".join(value[i:i + 4][::-1] for i in range(0, len(value), 4))
            return 0, struct.pack(">H", len(value)) + value
        return attempt

    @staticmethod
    def info(s):
        data = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        state, ca, _, probes, backoff = data[:5]
        words = struct.unpack("=24I", data[8:104])
        received, = struct.unpack("=Q", data[128:136])
        values = (("state", state), ("ca_state", ca), ("cwnd_segs", words[18]), ("ssthresh_segs", words[17]),
                  ("snd_mss", words[2]), ("advmss", words[19]), ("unacked", words[4]), ("sacked", words[5]),
                  ("lost", words[6]), ("retrans", words[7]), ("reordering", words[20]), ("rtt_us", words[15]),
                  ("backoff", backoff), ("probes", probes), ("bytes_received", received))
        return struct.pack(">HH", 0, len(values)) + b"".join(
            struct.pack(">H", len(k)) + k.encode() + struct.pack(">q", v) for k, v in values)

    def poll(self, body, _):
        n, timeout = struct.unpack(">Hi", body[:6])
        wanted = [struct.unpack(">iH", body[6 + 6 * i:12 + 6 * i]) for i in range(n)]
        until = self.now() + timeout * 1000 if timeout >= 0 else None
        known = [(self.sockets[h], events) for h, events in wanted if h in self.sockets]

        def attempt():
            ready = []
            for h, events in wanted:
                poller = select.poll()
                if h in self.sockets:
                    poller.register(self.sockets[h], events)
                ready.append(sum(e for _, e in poller.poll(0)) if h in self.sockets else 0 if h < 0 else 32)
            count = sum(1 for r in ready if r)
            if not count and (until is None or self.now() < until):
                return None
            return count, struct.pack(">%dH" % n, *ready)
        return self.wants(attempt, [s for s, _ in known], [s for s, events in known if events & 4], until)

    def packet_in(self, body, _):
        def attempt():
            try:
                os.write(self.device, body)
            except OSError:
                pass
            return 0, b""
        return attempt

    def packet_out(self, body, _):
        deadline, = struct.unpack(">q", body)
        last = max(deadline, self.now() + GRACE_US)

        def attempt():
            if self.packets and self.packets[0][0] <= last:
                sent, data = self.packets.pop(0)
                return 0, struct.pack(">q", sent) + data
            return (0, b"") if self.now() >= last else None
        return self.wants(attempt, until=last)

    def advance(self, body, _):
        to, = struct.unpack(">q", body)
        return self.wants(lambda: (0, b"") if not self.paced or self.now() >= to else None, until=to)

    def config(self, body, _):
        n, = struct.unpack(">H", body[:2])
        key, value = body[2:2 + n].decode(), body[4 + n:].decode()

        def attempt():
            if self.base is None:
                self.configuration.append((key, value))
            else:
                self.apply(key, value)
            return 0, b""
        return attempt

    def apply(self, key, value):
        if key == "tcp.congestion":
            self.congestion = value
        elif key in SYSCTL:
            sysctl("ipv4/" + SYSCTL[key], value)
        elif key == "tcp.rcvbuf_max":
            sysctl("ipv4/tcp_rmem", "4096 %d %s" % (min(131072, int(value)), value))
        elif key == "tcp.initial_cwnd":
            show = subprocess.run("ip route show default".split(), capture_output=True, text=True).stdout.split()
            subprocess.run(["ip", "route", "change"] + show + ["initcwnd", value], check=True)
        elif key == "tcp.rto_min_ms":
            show = subprocess.run("ip route show default".split(), capture_output=True, text=True).stdout.split()
            subprocess.run(["ip", "route", "change"] + show + ["rto_min", value + "ms"], check=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--socket", required=True)
    path = arguments.parse_args().socket
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(256)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            try:
                Session(connection).run()
            except (BrokenPipeError, ConnectionResetError):
                pass
            except Malformed as e:
                print("linux_agent: malformed frame: %s" % e, file=sys.stderr, flush=True)
            except Exception:
                traceback.print_exc()
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
