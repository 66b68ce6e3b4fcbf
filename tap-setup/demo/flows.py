"""Reads a capture of the client's interface: per connection, when new bytes moved, and the longest time without any.

For a download, bytes move when a segment brings some that were not there before; for an upload, when the server
acknowledges some that it had not before. Retransmissions and keepalives move nothing. A client that has everything
acknowledged, a window for more, and sends nothing, has nothing to move: such times are no part of a gap."""

import mmap
import socket
import struct

NANOSECOND_MAGIC = 0xA1B23C4D
ETHERNET_BYTES = 14
FIN, SYN, RST = 1, 2, 4
WINDOW_SCALE = 3
# A pause that began later after a fault is counted among those of the whole.
AROUND_NS = 1_000_000_000
# What a client sends at once if it has it, however little is on its way.
FULL_SEGMENT = 1460
MS = 1_000_000


class Direction:
    """One half of a connection. Gaps around a strike are kept by its number; the longest of the others besides."""

    __slots__ = ("next", "bytes", "first_ns", "last_ns", "strikes", "gaps", "quiet_ns", "again", "sent", "scale", "idle_ns")

    def __init__(self, strikes):
        self.next = None
        self.bytes = 0
        self.first_ns = None
        self.last_ns = None
        self.strikes = strikes
        self.gaps = [(0, 0)] * len(strikes)
        self.quiet_ns = 0
        self.again = 0
        self.sent = None
        self.scale = 0
        self.idle_ns = None

    def sending(self, t, end):
        """The sender has sent up to there."""
        if self.sent is None or signed(end - self.sent) > 0:
            self.sent = end
            if self.idle_ns is not None and self.last_ns is not None:
                self.last_ns += t - self.idle_ns
            self.idle_ns = None

    def offered(self, t, window):
        """The receiver has acknowledged up to next, and has room for a window more."""
        if self.sent == self.next and window << self.scale >= FULL_SEGMENT:
            self.idle_ns = self.idle_ns or t
        else:
            self.idle_ns = None

    def moved(self, t, number, phase):
        if self.last_ns is None:
            self.first_ns = t
        else:
            gap = t - self.last_ns
            if phase == 0 or self.last_ns > self.strikes[phase - 1] + AROUND_NS:
                self.quiet_ns = max(self.quiet_ns, gap)
            elif gap > self.gaps[phase - 1][0]:
                self.gaps[phase - 1] = (gap, t)
        self.last_ns = t
        self.bytes += number


class Flow:
    __slots__ = ("down", "up", "syns", "closed")

    def __init__(self, strikes):
        self.closed = False
        self.down = Direction(strikes)
        self.up = Direction(strikes)
        self.syns = 0


class Traffic:
    """What a capture says. Bins are a millisecond of new bytes, by milliseconds since 1970."""

    def __init__(self):
        self.flows = {}
        self.bins = {"download": {}, "upload": {}}
        self.resets = 0
        self.late_resets = 0
        self.resets_by_client = 0
        self.hosts = []
        self.frames = 0
        self.end_ns = 0


def signed(number):
    number &= 0xFFFFFFFF
    return number - 0x100000000 if number & 0x80000000 else number


def read(path, server, strikes):
    """@param strikes: when the faults struck, in nanoseconds since 1970, in order"""
    traffic = Traffic()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for order in "<>":
            if struct.unpack_from(order + "I", data)[0] == NANOSECOND_MAGIC:
                _read(data, order, socket.inet_aton(server), strikes, traffic)
                return traffic
    raise ValueError(f"{path} is no capture of tcpdump's with nanoseconds")


def _read(data, order, server, strikes, traffic):
    record = struct.Struct(order + "IIII")
    tcp_header = struct.Struct(">HHIIBBH")
    size = len(data)
    position = 24
    while position + 16 <= size:
        seconds, nanoseconds, captured, length = record.unpack_from(data, position)
        t = seconds * 1_000_000_000 + nanoseconds
        frame = position + 16
        position = frame + captured
        if position > size:
            break
        traffic.frames += 1
        traffic.end_ns = t
        kind = data[frame + 12:frame + 14]
        if kind == b"\x08\x06":
            if data[frame + 28:frame + 32] == server:
                _spoken(traffic, t, data[frame + 6:frame + 12])
            continue
        if kind != b"\x08\x00" or data[frame + 23] != 6:
            continue
        ip = frame + ETHERNET_BYTES
        ip_bytes = (data[ip] & 15) * 4
        total = data[ip + 2] << 8 | data[ip + 3] or length - ETHERNET_BYTES
        source_port, destination_port, seq, ack, offset, flags, window = tcp_header.unpack_from(data, ip + ip_bytes)
        tcp_bytes = (offset >> 4) * 4
        payload = total - ip_bytes - tcp_bytes
        phase = sum(1 for strike in strikes if strike < t) if strikes else 0
        if data[ip + 12:ip + 16] == server:
            _spoken(traffic, t, data[frame + 6:frame + 12])
            flow = _flow(traffic, (destination_port, source_port), strikes)
            if flags & SYN:
                flow.up.scale = _window_scale(data[ip + ip_bytes + 20:ip + ip_bytes + tcp_bytes])
            _from_server(traffic, flow, t, seq, ack, payload, flags, phase)
            if not flags & (SYN | RST):
                flow.up.offered(t, window)
        else:
            flow = _flow(traffic, (source_port, destination_port), strikes)
            if flags & RST:
                traffic.resets_by_client += 1
            flow.closed |= flags & FIN != 0
            flow.syns += 1 if flags & SYN else 0
            flow.up.sending(t, seq + payload + (flags & (SYN | FIN) != 0) & 0xFFFFFFFF)


def _window_scale(options):
    at = 0
    while at + 1 < len(options) and options[at] != 0:
        if options[at] == WINDOW_SCALE:
            return options[at + 2]
        at += 1 if options[at] == 1 else max(2, options[at + 1])
    return 0


def _from_server(traffic, flow, t, seq, ack, payload, flags, phase):
    if flags & RST:
        # A server that closes with data unread says so with a reset, as it should; before anybody closed it may not.
        if flow.closed:
            traffic.late_resets += 1
        else:
            traffic.resets += 1
        return
    flow.closed |= flags & FIN != 0
    down, up = flow.down, flow.up
    if flags & SYN:
        down.next, up.next = seq + 1 & 0xFFFFFFFF, ack
        return
    if down.next is None:
        down.next, up.next = seq, ack
    if payload > 0:
        new = signed(seq + payload - down.next)
        if new > 0:
            down.next = seq + payload & 0xFFFFFFFF
            down.moved(t, new, phase)
            bins = traffic.bins["download"]
            bins[t // MS] = bins.get(t // MS, 0) + new
        if new < payload:
            down.again += payload - max(0, new)
    new = signed(ack - up.next)
    if new > 0:
        up.next = ack
        up.moved(t, new, phase)
        bins = traffic.bins["upload"]
        bins[t // MS] = bins.get(t // MS, 0) + new


def _flow(traffic, key, strikes):
    flow = traffic.flows.get(key)
    if flow is None:
        flow = traffic.flows[key] = Flow(strikes)
    return flow


def _spoken(traffic, t, mac):
    """Notes each change of the host that speaks for the address, known by its hardware address."""
    if not traffic.hosts or traffic.hosts[-1][1] != mac:
        traffic.hosts.append((t, mac))


class Stall:
    """Of one direction of one connection around one strike; None: it never went on."""

    __slots__ = ("direction", "ms", "from_ns", "to_ns")

    def __init__(self, direction, ms, from_ns, to_ns):
        self.direction = direction
        self.ms = ms
        self.from_ns = from_ns
        self.to_ns = to_ns


def stalls(traffic, size, strikes, directions):
    """Per strike, those of the connections that it hit: that were moving a transfer's bytes before, and had more to
    move; besides, the longest pause of all before the first strike."""
    found = [[] for _ in strikes]
    quiet = []
    for flow in traffic.flows.values():
        for name in directions:
            half = flow.down if name == "download" else flow.up
            if half.bytes < min(size // 2, 65536):
                continue
            quiet.append(half.quiet_ns / MS)
            hit = [number for number, strike in enumerate(strikes) if half.first_ns <= strike]
            for number in hit:
                gap, end = half.gaps[number]
                if half.bytes < size and number == hit[-1]:
                    found[number].append(Stall(name, None, half.last_ns, None))
                elif gap:
                    found[number].append(Stall(name, gap / MS, end - gap, end))
    return found, max(quiet, default=None)


def switch_ms(traffic, strike, until):
    """From a strike to the first frame of a host that had not spoken last before it; None if there is none."""
    before = [mac for t, mac in traffic.hosts if t <= strike]
    for t, mac in traffic.hosts:
        if strike < t <= until and before and mac != before[-1]:
            return (t - strike) / MS
    return None
