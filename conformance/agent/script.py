"""Runs scripts in packetdrill's notation against an agent, in virtual time: the part of it that our scripts use.

Outbound data may come in several packets where the script has one (it was written for a sender with segmentation
offload). Backtick commands are read for the settings they change; others are ignored.
"""

import re
import struct

import agent as protocol
import packet

TOLERANCE_US = 4000
ERRNO = {"EAGAIN": 11, "EINVAL": 22, "EPIPE": 32, "EBADF": 9, "ENOTCONN": 107, "EISCONN": 106, "EINPROGRESS": 115,
         "EALREADY": 114, "ECONNRESET": 104, "ECONNREFUSED": 111, "ETIMEDOUT": 110, "EADDRINUSE": 98, "EOPNOTSUPP": 95,
         "ENOPROTOOPT": 92, "EMSGSIZE": 90, "EDESTADDRREQ": 89, "EHOSTUNREACH": 113, "ENETUNREACH": 101,
         "ECONNABORTED": 103, "EADDRNOTAVAIL": 99, "EAFNOSUPPORT": 97}
CONSTANTS = {"POLLIN": 1, "POLLOUT": 4, "POLLERR": 8, "POLLHUP": 16, "POLLRDHUP": 0x2000, "SHUT_RD": 0, "SHUT_WR": 1,
             "SHUT_RDWR": 2, "O_NONBLOCK": 0x800, "O_RDWR": 2, "MSG_PEEK": 1, "MSG_DONTWAIT": 2, "MSG_TRUNC": 4,
             "MSG_WAITALL": 8, "MSG_OOB": 16, "MSG_MORE": 32, "MSG_EOR": 64, "MSG_FASTOPEN": 128, "F_SETFL": 4,
             "F_GETFL": 3}
CONSTANTS.update((name, number) for name, number in ERRNO.items())
SYSCTL = {"tcp_delayed_ack": "tcp.delayed_ack", "tcp_timestamps": "tcp.timestamps", "tcp_sack": "tcp.sack",
          "tcp_ecn": "tcp.ecn", "tcp_congestion_control": "tcp.congestion",
          "tcp_slow_start_after_idle": "tcp.slow_start_after_idle", "tcp_window_scaling": "tcp.window_scaling"}
TIME = r"(?:\+?\d*\.?\d+)"
START = re.compile(r"^\s*(\*|%s(?:\s*(?:~|\.\.\.)\s*%s)?)(?=[\s<>%%`]|$)" % (TIME, TIME))
LOCAL_PORT, REMOTE_PORT = 8080, 40000
LISTEN_PORT = LOCAL_PORT


class Failure(AssertionError):
    pass


def check(condition, *message):
    if not condition:
        raise Failure(" ".join(map(str, message)))


def statements(text):
    """(line number, time, rest) of each event."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    result, block = [], None
    for number, line in enumerate(text.split("\n"), 1):
        if block is None:
            line = re.sub(r"(//|#).*", "", line) if "%{" not in line and "`" not in line else line
            if not line.strip():
                continue
            match = START.match(line)
            if match:
                result.append([number, match.group(1).replace(" ", ""), line[match.end():].strip()])
            elif line.strip().startswith("--"):
                result.append([number, "option", line.strip()])
                continue
            elif line.strip().startswith("`"):
                result.append([number, "+0", line.strip()])
            else:
                check(result, "line", number, "continues nothing")
                result[-1][2] += "\n" + line.strip()
        else:
            result[-1][2] += "\n" + line
        rest = result[-1][2]
        if rest.startswith("%{"):
            block = None if "}%" in rest else True
        elif rest.startswith("`"):
            block = None if rest.count("`") % 2 == 0 else True
    return result


class Script:
    def __init__(self, session, text, name="script", slack_us=0, verbose=False, local=protocol.LOCAL,
                 remote=protocol.REMOTE):
        self.agent, self.text, self.name, self.verbose = session, text, name, verbose
        self.local, self.remote = local, remote
        self.handles, self.blocking, self.time, self.started = {}, [], 0, False
        self.slack, self.tolerance = slack_us, TOLERANCE_US + slack_us
        self.local_port = self.remote_port = None
        self.local_isn = None
        self.remote_isn = 0
        self.local_isn_script = 0
        self.stamps = {}
        self.options = {}

    def run(self):
        for number, when, rest in statements(self.text):
            try:
                self.step(when, rest)
                self.finish_blocking()
            except Failure as failure:
                raise Failure("%s:%d: %s\n    %s" % (self.name, number, failure, rest))
            except protocol.Closed:
                raise Failure("%s:%d: the agent ended the connection\n    %s" % (self.name, number, rest))
        self.agent.advance(self.agent.now)
        self.finish_blocking()
        check(not self.blocking, self.name, "a blocking call did not return")

    def step(self, when, rest):
        if when == "option":
            name, _, value = rest[2:].partition("=")
            self.options[name.strip()] = value.strip()
            if name.strip() == "tolerance_usecs":
                self.tolerance = int(value) + self.slack
            return
        end = None
        any_time = when == "*"
        low, high = None, None
        if not any_time:
            first, separator, second = re.match(r"(%s)(~|\.\.\.)?(%s)?" % (TIME, TIME), when).groups()
            t = self.moment(first, self.time)
            if separator == "...":
                # Relative, if the start is, to the same moment.
                end = self.moment(second, 0) + (self.time if first.startswith("+") else 0)
            elif separator == "~":
                low, high = t, self.moment(second, t if second.startswith("+") else 0)
                t = low
            self.time = t
        if rest.startswith("`"):
            self.settings(rest)
            return
        if not self.started:
            self.start()
        if rest.startswith(">"):
            self.outbound(rest[1:].strip(), any_time, low, high)
            return
        if not any_time:
            self.agent.now = max(self.agent.now, self.time)
        if rest.startswith("<"):
            self.inbound(rest[1:].strip())
        elif rest.startswith("%{"):
            self.code(rest[2:rest.rindex("}%")])
        else:
            self.call(rest, end)

    @staticmethod
    def moment(text, base):
        return round(float(text[1:]) * 1e6) + base if text.startswith("+") else round(float(text) * 1e6)

    def start(self):
        self.started = True
        result = self.agent.hello(mtu=int(self.options.get("mtu", 1500)), local=self.local, remote=self.remote)
        check(result.result == 0, "HELLO", result.result)

    def settings(self, rest):
        for name, value in re.findall(r"net\.ipv4\.(\w+)=(\"[^\"]*\"|\S+)", rest.strip("`")):
            value = value.strip('"`')
            if name in SYSCTL:
                check(self.agent.config(SYSCTL[name], value) == 0, "CONFIG", name, value)
            elif name == "tcp_rmem":
                last = value.split(None, 2)[2]
                if re.fullmatch(r"\d+", last):
                    self.agent.config("tcp.rcvbuf_max", last)
        for value in re.findall(r"initcwnd (\d+)", rest):
            self.agent.config("tcp.initial_cwnd", value)
        for key, value in re.findall(r"config (tcp\.\w+)=(\S+?)[\s`]", rest):
            check(self.agent.config(key, value) == 0, "CONFIG", key, value)

    # --- packets

    def inbound(self, text):
        if text.startswith("icmp"):
            self.inbound_icmp(text)
            return
        fields = parse_packet(text)
        bits = fields["flags"]
        if self.remote_port is None:
            self.remote_port, self.local_port = REMOTE_PORT, LISTEN_PORT
        options = []
        for option in fields["options"] or []:
            if option[0] == "sack":
                options.append(("sack", [(self.to_live(a), self.to_live(b)) for a, b in option[1]]))
            elif option[0] == "TS":
                options.append(("TS", option[1], self.stamps.get(option[2], option[2])))
            else:
                options.append(option)
        ack = self.to_live(fields["ack"]) if fields["ack"] is not None else 0
        data = bytes((fields["seq"] + i) & 0xFF for i in range(fields["length"]))
        segment = packet.tcp(self.remote, self.local, self.remote_port, self.local_port, bits,
                             fields["seq"] + self.remote_isn, ack, fields["win"] or 0, options, data,
                             fields["urg"] or 0, tos=fields["tos"], bad_checksum=fields["bad"])
        self.log("<", packet.Ip(segment) if not fields["bad"] else "bad checksum")
        check(self.agent.packet_in(segment) == 0, "PKT_IN")

    def inbound_icmp(self, text):
        match = re.match(r"icmp unreachable (\w+)(?: mtu (\d+))? \[(\d+):(\d+)\((\d+)\)\]", text)
        check(match, "cannot read", text)
        code = {"frag_needed": 4, "host_unreachable": 1, "net_unreachable": 0, "port_unreachable": 3,
                "admin_prohibited": 13, "protocol_unreachable": 2}[match.group(1)]
        length = int(match.group(5))
        quoted = packet.tcp(self.local, self.remote, self.local_port, self.remote_port, ".",
                            self.to_live(int(match.group(3))), 0, 0, (), b"\0" * length)[:28]
        check(self.agent.packet_in(packet.icmp(self.remote, self.local, 3, code, int(match.group(2) or 0), quoted)) == 0)

    def to_live(self, seq):
        return (seq + ((self.local_isn or 0) - self.local_isn_script)) & 0xFFFFFFFF

    def outbound(self, text, any_time, low, high):
        expected = parse_packet(text)
        total = expected["length"]
        deadline = self.time + self.tolerance if not any_time else self.agent.now + 300_000_000
        if high is not None:
            deadline = high + self.tolerance
        have, first_time = 0, None
        while True:
            departed = self.agent.packet_out(deadline)
            check(departed, "expected %s by %.6f s, none came" % (text, deadline / 1e6))
            sent, data = departed
            if sent > self.agent.now:
                self.agent.now = sent
            actual = packet.Ip(data)
            self.log(">", actual, sent)
            check(actual.protocol == 6, "expected TCP, got", actual)
            last = self.compare(expected, actual, have, text, sent)
            first_time = sent if first_time is None else first_time
            have += len(actual.payload)
            if last:
                break
        if any_time:
            self.time = first_time
        else:
            earliest = (low if low is not None else self.time) - self.tolerance
            check(first_time >= earliest, "came at %.6f s instead of %.6f s: %s"
                  % (first_time / 1e6, self.time / 1e6, actual))
            if high is not None:
                self.time = max(self.time, first_time)

    def compare(self, expected, actual, have, text, sent):
        """One packet against (the rest of) the expected one; true if that is complete."""
        shown = self.show(actual)
        at = "at %.6f s" % (sent / 1e6)
        if self.local_port is None:
            self.local_port, self.remote_port = actual.sport, actual.dport
        check((actual.sport, actual.dport) == (self.local_port, self.remote_port), "wrong ports:", actual.sport,
              actual.dport)
        if "S" in actual.flags and self.local_isn is None:
            self.local_isn, self.local_isn_script = actual.seq, expected["seq"]
        if self.local_isn is None:
            seq = actual.seq
        else:
            seq = (actual.seq - self.local_isn + self.local_isn_script) & 0xFFFFFFFF
        check(seq == (expected["seq"] + have) & 0xFFFFFFFF, "sequence number: got", shown, at)
        remaining = expected["length"] - have
        check(len(actual.payload) <= remaining, "length: got", shown, at)
        last = len(actual.payload) == remaining
        check(last or actual.payload, "length: got", shown, at)
        want = "".join(sorted(expected["flag_text"]))
        if not last:
            want = want.replace("F", "")
        got = "".join(sorted(actual.flags))
        if not last or expected["length"] > len(actual.payload):
            # Where data is cut, the sender may push or not.
            want, got = want.replace("P", ""), got.replace("P", "")
        check(want == got, "flags: expected", want, "got", shown, at)
        if expected["ack"] is not None:
            check((actual.ack - self.remote_isn) & 0xFFFFFFFF == expected["ack"] & 0xFFFFFFFF, "ack: got", shown, at)
        if expected["win"] is not None:
            check(actual.window == expected["win"], "window: got", shown, at)
        if expected["options"] is not None:
            self.compare_options(expected["options"], actual, shown, at)
        return last

    def compare_options(self, wanted, actual, shown, at):
        """Order and padding included, as they are Linux's."""
        check([o[0] for o in wanted] == [o[0] for o in actual.options], "options: got", shown, at)
        for option, live in zip(wanted, actual.options):
            if option[0] == "TS":
                self.stamps[option[1]] = live[1]
                check(live[2] == option[2], "TS ecr: got", shown, at)
            else:
                check(option == live, option[0], "expected", option, "got", live, at)

    def show(self, actual):
        seq = actual.seq if self.local_isn is None else \
            (actual.seq - self.local_isn + self.local_isn_script) & 0xFFFFFFFF
        return "%s %d:%d(%d) ack %d win %d <%s>" % (actual.flags, seq, seq + len(actual.payload), len(actual.payload),
                                                    actual.ack, actual.window,
                                                    ",".join(" ".join(map(str, o)) for o in actual.options))

    def log(self, direction, what, sent=None):
        if self.verbose:
            print("%10.6f %s %s" % ((self.agent.now if sent is None else sent) / 1e6, direction,
                                    self.show(what) if direction == ">" and what.protocol == 6 else what))

    # --- calls

    def call(self, text, end):
        match = re.match(r"(\w+)\s*\((.*)\)\s*=\s*(-?\w+)\s*(\w+)?\s*(\(.*\))?$", text, re.S)
        check(match, "cannot read call", text)
        name, arguments, result, errno = match.group(1), split(match.group(2)), match.group(3), match.group(4)
        want = -ERRNO[errno] if result == "-1" else None if result == "..." else number(result)
        method = getattr(self, "call_" + name, None)
        check(method, "no such call:", name)
        flags = 0 if end is not None else protocol.AUTO_ADVANCE
        started = method(arguments, want, flags)
        if started is None:
            return
        call, finish = started
        if end is None:
            call.wait()
            self.returned(call, finish, want, text)
        else:
            self.blocking.append((call, lambda: self.returned_at(call, finish, want, text, end)))

    def returned_at(self, call, finish, want, text, end):
        self.returned(call, finish, want, text)
        check(abs(call.time_us - end) <= self.tolerance, "returned at %.6f s instead of %.6f s: %s"
              % (call.time_us / 1e6, end / 1e6, text))

    def finish_blocking(self):
        """Checks the blocking calls whose replies have come."""
        returned = [b for b in self.blocking if b[0].done]
        self.blocking = [b for b in self.blocking if not b[0].done]
        for _, verify in returned:
            verify()

    def returned(self, call, finish, want, text):
        if self.verbose:
            print("%10.6f   %s -> %d" % (call.time_us / 1e6, text.split("=")[0], call.result))
        if finish:
            finish(call)
        elif want is not None:
            check(call.result == want, "returned %d, expected %d" % (call.result, want))

    def handle(self, text):
        fd = number(text)
        return self.handles.get(fd, fd)

    def opened(self, want):
        def finish(call):
            if want is not None and want < 0:
                check(call.result == want, "returned %d, expected %d" % (call.result, want))
            else:
                check(call.result >= 0, "returned", call.result)
                self.handles[want] = call.result
        return finish

    def call_socket(self, arguments, want, flags):
        kind = 2 if "SOCK_DGRAM" in arguments[1] else 1
        return self.agent.start(protocol.SOCKET, struct.pack(">BBH", 4, kind, 0)), self.opened(want)

    def call_bind(self, arguments, want, flags):
        body = struct.pack(">i", self.handle(arguments[0])) + protocol.address(self.local, LISTEN_PORT)
        return self.agent.start(protocol.BIND, body, flags), None

    def call_listen(self, arguments, want, flags):
        body = struct.pack(">ii", self.handle(arguments[0]), number(arguments[1]))
        return self.agent.start(protocol.LISTEN, body, flags), None

    def call_accept(self, arguments, want, flags):
        return self.agent.start_accept(self.handle(arguments[0]), flags), self.opened(want)

    def call_connect(self, arguments, want, flags):
        h = self.handle(arguments[0])
        if "AF_UNSPEC" in arguments[1]:
            return self.agent.start(protocol.CONNECT, struct.pack(">i", h) + protocol.address(None), flags), None
        return self.agent.start_connect(h, self.remote, 8080, flags), None

    def call_close(self, arguments, want, flags):
        return self.agent.start_close(self.handle(arguments[0]), flags), None

    def call_shutdown(self, arguments, want, flags):
        body = struct.pack(">iB", self.handle(arguments[0]), number(arguments[1]))
        return self.agent.start(protocol.SHUTDOWN, body), None

    def call_write(self, arguments, want, flags):
        return self.sending(arguments[0], arguments[2], "0", flags)

    def call_send(self, arguments, want, flags):
        return self.sending(arguments[0], arguments[2], arguments[3], flags)

    call_sendto = call_send

    def call_sendmsg(self, arguments, want, flags):
        size = sum(map(int, re.findall(r"\{\.\.\., (\d+)\}", arguments[1])))
        return self.sending(arguments[0], str(size), arguments[2], flags)

    def sending(self, fd, size, message_flags, flags):
        data = b"x" * number(size)
        return self.agent.start_send(self.handle(fd), data, number(message_flags), None, flags), None

    def call_read(self, arguments, want, flags):
        return self.agent.start_recv(self.handle(arguments[0]), number(arguments[2]), 0, flags), None

    def call_recv(self, arguments, want, flags):
        return self.agent.start_recv(self.handle(arguments[0]), number(arguments[2]), number(arguments[3]), flags), None

    call_recvfrom = call_recv

    def call_fcntl(self, arguments, want, flags):
        if arguments[1] == "F_GETFL":
            return None
        check(self.agent.set(self.handle(arguments[0]), "NONBLOCK", 1 if number(arguments[2]) & 0x800 else 0) == 0)
        return None

    def call_ioctl(self, arguments, want, flags):
        name = {"SIOCINQ": "INQ", "FIONREAD": "INQ", "SIOCOUTQ": "OUTQ"}[arguments[1]]
        got = self.agent.get(self.handle(arguments[0]), name)
        check(got == number(arguments[2].strip("[]")), name, "is", got)
        return None

    def call_setsockopt(self, arguments, want, flags):
        value = arguments[3]
        if value.startswith("{"):
            pairs = re.findall(r"=\s*(\d+)", value)
            data = struct.pack(">ii", *map(int, pairs))
        elif value.startswith('"'):
            data = value.strip('"').encode()
        else:
            data = struct.pack(">i", number(value.strip("[]")))
        got = self.agent.set(self.handle(arguments[0]), arguments[2], data)
        check(got == want, "returned", got)
        return None

    def call_getsockopt(self, arguments, want, flags):
        if arguments[2] == "TCP_INFO":
            return None
        got = self.agent.get(self.handle(arguments[0]), arguments[2])
        value = arguments[3].strip("[]")
        check(got == number(value), arguments[2], "is", got, "instead of", value)
        return None

    def call_poll(self, arguments, want, flags):
        entries = re.findall(r"fd\s*=\s*(\d+).*?events\s*=\s*([\w|]+).*?(?:revents\s*=\s*([\w|]+))?\s*}", arguments[0], re.S)
        wanted = [(self.handle(fd), number(events)) for fd, events, _ in entries]

        def finish(call):
            check(call.result == want, "returned", call.result, call.data.hex())
            got = struct.unpack(">%dH" % len(wanted), call.data)
            for revents, (_, _, expected) in zip(got, entries):
                check(revents == number(expected or "0"), "revents", hex(revents), "expected", expected)
        return self.agent.start_poll(wanted, number(arguments[2]), flags), finish

    def code(self, text):
        fd = max((fd for fd in self.handles), default=None)
        values = {}
        if fd is not None:
            info = self.agent.info(self.handles[fd])
            names = {"cwnd_segs": "tcpi_snd_cwnd", "ssthresh_segs": "tcpi_snd_ssthresh", "rtt_us": "tcpi_rtt"}
            values.update((names.get(key, "tcpi_" + key), value) for key, value in info.items())
            values["TCP_CA_Open"], values["TCP_CA_Disorder"], values["TCP_CA_CWR"] = 0, 1, 2
            values["TCP_CA_Recovery"], values["TCP_CA_Loss"] = 3, 4
        lines = text.strip("\n").split("\n")
        indent = min((len(l) - len(l.lstrip()) for l in lines if l.strip()), default=0)
        source = "\n".join(l[indent:] if l[:indent].strip() == "" else l.lstrip() for l in lines)
        try:
            exec(source, values)
        except AssertionError as e:
            shown = {k: v for k, v in values.items() if k.startswith("tcpi_")}
            raise Failure("assertion failed: %s %s" % (e, shown))
        except NameError as e:
            raise Failure(str(e))


def split(text):
    """Arguments at the top level of a call."""
    result, depth, current = [], 0, ""
    for c in text:
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if c == "," and depth == 0:
            result.append(current.strip())
            current = ""
        else:
            current += c
    return result + [current.strip()] if current.strip() else result


def number(text):
    total = 0
    for part in text.split("|"):
        part = part.strip()
        total |= CONSTANTS[part] if part in CONSTANTS else int(part, 0)
    return total


PACKET = re.compile(r"(?:\[(?P<ecn>[\w, ]+)\]\s*)?(?P<flags>[SFRPEWUA.\-]+)\s+(?P<seq>\d+):(?P<end>\d+)\((?P<length>\d+)\)"
                    r"(?:\s+ack\s+(?P<ack>\d+))?(?:\s+win\s+(?P<win>\d+))?(?:\s+urg\s+(?P<urg>\d+))?"
                    r"(?:\s*<(?P<options>.*)>)?\s*(?P<bad>bad_checksum)?\s*$", re.S)


def parse_packet(text):
    match = PACKET.match(text.strip())
    check(match, "cannot read packet", text)
    seq, end, length = (int(match.group(n)) for n in ("seq", "end", "length"))
    check((end - seq) & 0xFFFFFFFF == length, "length is not end - start")
    flags = match.group("flags").replace("-", "")
    field = lambda n: int(match.group(n)) if match.group(n) else None
    options = match.group("options")
    return {"flags": flags, "flag_text": flags, "seq": seq, "length": length, "ack": field("ack"), "win": field("win"),
            "urg": field("urg"), "options": None if options is not None and options.strip() == "..." else parse_options(options or ""), "bad": bool(match.group("bad")),
            "tos": {"ce": 3, "ect0": 2, "ect1": 1}.get((match.group("ecn") or "").strip(), 0)}


def parse_options(text):
    result = []
    for part in [p.strip() for p in text.replace("\n", " ").split(",")]:
        words = part.split()
        if not words:
            continue
        name = words[0]
        if name in ("mss", "wscale"):
            result.append((name, int(words[1])))
        elif name == "TS":
            result.append((name, int(words[2]), int(words[4])))
        elif name == "sack":
            result.append((name, [tuple(map(int, w.split(":"))) for w in words[1:]]))
        elif name in ("nop", "eol", "sackOK"):
            result.append((name,))
        else:
            raise Failure("unknown option " + part)
    return result
