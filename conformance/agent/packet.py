"""IPv4, TCP, UDP and ICMP packets: building, and taking apart with checksums verified."""

import socket
import struct

FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, ".": 0x10, "U": 0x20, "E": 0x40, "W": 0x80}


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source, destination, protocol, payload, ttl=255, tos=0, ident=0, flags=2, offset=0, total=None):
    head = struct.pack(">BBHHHBBH", 0x45, tos, total or 20 + len(payload), ident, flags << 13 | offset, ttl, protocol, 0)
    head += socket.inet_aton(source) + socket.inet_aton(destination)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def pseudo(source, destination, protocol, length):
    return socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack(">BBH", 0, protocol, length)


def tcp_options(options):
    """Bytes of a list of (name, value...) tuples, padded to words."""
    data = b""
    for name, *values in options:
        if name == "mss":
            data += struct.pack(">BBH", 2, 4, *values)
        elif name == "nop":
            data += b"\x01"
        elif name == "eol":
            data += b"\x00"
        elif name == "wscale":
            data += struct.pack(">BBB", 3, 3, *values)
        elif name == "sackOK":
            data += b"\x04\x02"
        elif name == "sack":
            blocks = values[0]
            data += struct.pack(">BB", 5, 2 + 8 * len(blocks))
            data += b"".join(struct.pack(">II", a & 0xFFFFFFFF, b & 0xFFFFFFFF) for a, b in blocks)
        elif name == "TS":
            data += struct.pack(">BBII", 8, 10, values[0] & 0xFFFFFFFF, values[1] & 0xFFFFFFFF)
        elif name == "raw":
            data += values[0]
        else:
            raise ValueError(name)
    return data + b"\0" * (-len(data) % 4)


def tcp(source, destination, sport, dport, flags, seq=0, ack=0, window=0, options=(), payload=b"", urgent=0, tos=0,
        bad_checksum=False, ttl=255):
    bits = flags if isinstance(flags, int) else sum(FLAGS[f] for f in flags)
    opts = tcp_options(options)
    head = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, (20 + len(opts)) // 4 << 4, bits,
                       window, 0, urgent) + opts
    sum_ = checksum(pseudo(source, destination, 6, len(head) + len(payload)) + head + payload)
    sum_ ^= 0x5555 if bad_checksum else 0
    return ipv4(source, destination, 6, head[:16] + struct.pack(">H", sum_) + head[18:] + payload, tos=tos, ttl=ttl)


def udp(source, destination, sport, dport, payload):
    head = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0)
    sum_ = checksum(pseudo(source, destination, 17, 8 + len(payload)) + head + payload) or 0xFFFF
    return ipv4(source, destination, 17, head[:6] + struct.pack(">H", sum_) + payload)


def icmp(source, destination, kind, code, rest, quoted):
    body = struct.pack(">BBHI", kind, code, 0, rest) + quoted
    return ipv4(source, destination, 1, body[:2] + struct.pack(">H", checksum(body)) + body[4:])


class Ip:
    """A parsed packet; `tcp` fields if it is TCP. Raises AssertionError if anything is not as it should be."""

    def __init__(self, data):
        self.data = data
        version, self.tos, total, self.ident, frag, self.ttl, self.protocol, _ = struct.unpack(">BBHHHBBH", data[:12])
        assert version == 0x45, "IP version or header length %x" % version
        assert total == len(data), "IP length %d of %d" % (total, len(data))
        assert checksum(data[:20]) == 0, "IP checksum"
        self.dont_fragment, self.fragment = bool(frag & 0x4000), frag & 0x3FFF
        self.source, self.destination = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
        self.body = data[20:]
        if self.protocol == 6:
            self.parse_tcp()
        elif self.protocol == 17:
            self.sport, self.dport, length, sum_ = struct.unpack(">HHHH", self.body[:8])
            assert length == len(self.body), "UDP length"
            assert sum_ == 0 or checksum(pseudo(self.source, self.destination, 17, length) + self.body) == 0, "UDP checksum"
            self.payload = self.body[8:]
        elif self.protocol == 1:
            self.icmp_type, self.icmp_code = self.body[0], self.body[1]
            assert checksum(self.body) == 0, "ICMP checksum"

    def parse_tcp(self):
        body = self.body
        assert checksum(pseudo(self.source, self.destination, 6, len(body)) + body) == 0, "TCP checksum"
        self.sport, self.dport, self.seq, self.ack, offset, self.bits, self.window, _, self.urgent = \
            struct.unpack(">HHIIBBHHH", body[:20])
        offset = (offset >> 4) * 4
        self.payload = body[offset:]
        self.options = parse_options(body[20:offset])
        self.flags = "".join(f for f in "SFRPEWU." if self.bits & FLAGS[f])

    def option(self, name):
        for option in self.options:
            if option[0] == name:
                return option[1] if len(option) == 2 else option[1:]
        return None

    def __str__(self):
        if self.protocol != 6:
            return "IP protocol %d, %d bytes" % (self.protocol, len(self.data))
        return "%s %d:%d(%d) ack %d win %d <%s>" % (self.flags, self.seq, self.seq + len(self.payload), len(self.payload),
                                                    self.ack, self.window, ",".join(map(str, self.options)))


def parse_options(data):
    result = []
    while data:
        kind = data[0]
        if kind == 0:
            result.append(("eol",))
            break
        if kind == 1:
            result.append(("nop",))
            data = data[1:]
            continue
        assert len(data) >= 2 and 2 <= data[1] <= len(data), "TCP option length"
        value, data = data[2:data[1]], data[data[1]:]
        if kind == 2:
            result.append(("mss", struct.unpack(">H", value)[0]))
        elif kind == 3:
            result.append(("wscale", value[0]))
        elif kind == 4:
            result.append(("sackOK",))
        elif kind == 5:
            words = struct.unpack(">%dI" % (len(value) // 4), value)
            result.append(("sack", list(zip(words[::2], words[1::2]))))
        elif kind == 8:
            result.append(("TS",) + struct.unpack(">II", value))
        else:
            result.append(("raw", bytes([kind, 2 + len(value)]) + value))
    return result
