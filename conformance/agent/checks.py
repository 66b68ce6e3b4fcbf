"""Checks of the protocol and of sockets, call by call."""

import inspect
import struct
import time

import agent
import packet
from agent import Agent, Closed, POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDHUP

EAGAIN, EBADF, EINVAL, EPIPE = 11, 9, 22, 32


class World:
    """Context of a check: the agent's socket, and its standard error if that is known."""

    def __init__(self, path, errors):
        self.path, self.errors = path, errors

    def agent(self, **hello):
        session = Agent(self.path)
        result = session.hello(**hello)
        assert result.result == 0, result.result
        return session

    def raw(self):
        return Agent(self.path)

    def error_text(self):
        return self.errors.read_text() if self.errors else None


class Peer:
    """The other end of one connection of the stack's, by hand."""

    def __init__(self, session, local_port=8080, remote_port=40000, isn=0, window=65535, options=(("mss", 1460),)):
        self.agent, self.lport, self.rport = session, local_port, remote_port
        self.seq, self.ack, self.window, self.options = isn, 0, window, options

    def send(self, flags, payload=b"", seq=None, ack=None, options=(), window=None, **more):
        seq = self.seq if seq is None else seq
        ack = self.ack if ack is None else ack
        data = packet.tcp(agent.REMOTE, agent.LOCAL, self.rport, self.lport, flags, seq,
                          ack if "." in flags else 0, self.window if window is None else window, options, payload, **more)
        assert self.agent.packet_in(data) == 0
        self.seq = max(self.seq, seq + len(payload) + ("S" in flags) + ("F" in flags))

    def expect(self, flags=None, length=0, within_us=4000):
        got = self.agent.packet_out(self.agent.now + within_us)
        assert got, "no packet; expected " + str(flags)
        self.sent_us, ip = got[0], packet.Ip(got[1])
        assert ip.protocol == 6, ip
        if flags is not None:
            assert set(ip.flags) == set(flags), "expected %s, got %s" % (flags, ip)
        assert length is None or len(ip.payload) == length, "expected %d bytes, got %s" % (length, ip)
        self.lport, self.rport = ip.sport, ip.dport
        self.ack = (ip.seq + len(ip.payload) + ("S" in ip.flags) + ("F" in ip.flags)) & 0xFFFFFFFF
        return ip

    def quiet(self, for_us=4000):
        got = self.agent.packet_out(self.agent.now + for_us)
        assert got is None, "unexpected " + str(packet.Ip(got[1]))


def listener(session, port=8080, backlog=5):
    h = session.open()
    assert session.set(h, "SO_REUSEADDR", 1) == 0
    assert session.bind(h, port=port) == 0
    assert session.listen(h, backlog) == 0
    return h


def passive(session, **peer):
    """(listener, connection, peer) after a handshake from outside."""
    h = listener(session)
    p = Peer(session, **peer)
    p.send("S", options=p.options)
    p.expect("S.")
    p.send(".")
    c = session.accept(h)
    assert c > 0, c
    return h, c, p


def active(session):
    c = session.open()
    assert session.set(c, "NONBLOCK", 1) == 0
    assert session.connect(c) == -115
    p = Peer(session)
    p.expect("S")
    p.send("S.", options=p.options)
    p.expect(".")
    assert session.get(c, "SO_ERROR") == 0
    assert session.connect(c) == 0
    return c, p


# --- the protocol itself

def check_hello_answers_at_time_zero(world):
    session = world.raw()
    call = session.hello()
    assert (call.result, call.time_us, call.data) == (0, 0, b"")


def check_hello_refuses_what_it_cannot_do(world):
    assert world.raw().hello(version=2).result == -93
    assert world.raw().hello(link=1).result == -95
    assert world.raw().hello(local="fe80::1", gateway=None, remote=None).result == -97
    assert world.raw().hello(local=None).result == -EINVAL
    assert world.raw().hello(prefix=33).result == -EINVAL
    assert world.raw().hello(mtu=10).result == -EINVAL
    session = world.agent()
    assert session.hello().result == -EINVAL


def check_hello_without_gateway(world):
    session = world.agent(gateway=None)
    active(session)


def check_nothing_before_hello(world):
    session = world.raw()
    assert session.open() == -EINVAL
    assert session.config("tcp.sack", 1) == 0
    assert session.advance(5) == -EINVAL


def check_unknown_configuration_is_ignored(world):
    session = world.agent()
    assert session.config("tcp.of_the_future", "yes") == 0


def check_malformed_frames_end_their_connection_only(world):
    other = world.agent()
    h = listener(other)
    for bad in (b"\0\0\0\x05hello", struct.pack(">IBBHIq", 16, 99, 0, 0, 1, 0), struct.pack(">IBBHIq", 16, 3, 0, 0, 1, 0),
                struct.pack(">IBBHIq", 16, 2, 0, 1, 1, 0), b"\xff" * 64, struct.pack(">IBBHIqI", 20, 10, 0, 0, 1, 0, 3)
                + struct.pack(">IBBHIqIB", 21, 10, 0, 0, 2, 0, 3, 0),
                struct.pack(">IBBHIqIBIH", 27, 3, 0, 0, 1, 0, 3, 5, 0, 0)):
        before = world.error_text()
        session = world.raw()
        session.hello()
        session.socket.sendall(bad)
        try:
            while True:
                session.pending[1] = session.pending[2] = agent.Call(session, 0)
                session.read_reply()
        except Closed:
            pass
        if before is not None:
            deadline = time.monotonic() + 5
            while world.error_text() == before and time.monotonic() < deadline:
                time.sleep(0.01)
            assert "malformed" in world.error_text()[len(before):]
    assert other.poll(h, POLLIN) == 0


def check_two_sessions_are_apart(world):
    one, two = world.agent(), world.agent()
    _, c, p = passive(one)
    passive(two)
    one.now += 5_000_000
    assert one.send(c, b"hello") == 5
    ip = p.expect("P.", 5)
    assert p.sent_us >= 5_000_000
    assert two.call(agent.ADVANCE, struct.pack(">q", 100)).time_us < 5_000_000
    assert ip.payload == b"hello"


def check_same_requests_give_the_same_bytes(world):
    def run():
        session = world.agent()
        packets = []
        c = session.open()
        session.start_connect(c)
        for _ in range(3):
            packets.append(session.packet_out(20_000_000))
        return packets
    assert run() == run()


def check_time_moves_only_as_told(world):
    session = world.agent()
    assert session.call(agent.POLL, struct.pack(">Hi", 0, 0), t=70).time_us == 70
    assert session.call(agent.POLL, struct.pack(">Hi", 0, 0), t=30).time_us == 70
    assert session.advance(1_000_000) == 0
    assert session.call(agent.CONFIG, agent.string("a") + agent.string("b"), t=5).time_us == 1_000_000


def check_packet_out_at_deadline(world):
    session = world.agent()
    call = session.start_packet_out(250_000).wait()
    assert (call.result, call.time_us) == (0, 250_000) and len(call.data) in (0, 8)
    call = session.start_packet_out(100_000).wait()
    assert (call.result, call.time_us) == (0, 250_000)


def check_junk_packets_are_swallowed(world):
    session = world.agent()
    h, c, p = passive(session)
    for junk in (b"", b"\x45", b"\0" * 20, b"\x45" + b"\xff" * 99, b"\x60" + b"\0" * 60, bytes(range(256)) * 4, b"\x45" * 1500):
        assert session.packet_in(junk) == 0
    assert session.packet_in(b"\x45" * 65535) == 0
    assert session.send(c, b"alive") == 5
    p.expect("P.", 5)


# --- blocking

def check_blocking_accept_completes_later(world):
    session = world.agent()
    h = listener(session)
    call = session.start_accept(h)
    p = Peer(session)
    session.now = 100_000
    p.send("S", options=p.options)
    p.expect("S.")
    assert not call.done
    session.now = 200_000
    p.send(".")
    call.wait()
    assert call.result > h and call.time_us == 200_000
    assert call.data == agent.address(agent.REMOTE, 40000), call.data


def check_blocking_calls_complete_in_any_order(world):
    session = world.agent()
    _, c, p = passive(session)
    read = session.start_recv(c, 100)
    poll = session.start_poll([(c, POLLRDHUP)], 50)
    p.quiet(60_000)
    poll.wait()
    assert poll.result == 0 and not read.done
    p.send("P.", b"abc")
    assert read.wait().data[-3:] == b"abc" and read.result == 3


def check_blocking_send_waits_for_room(world):
    session = world.agent()
    _, c, p = passive(session)
    assert session.set(c, "SO_SNDBUF", 8192) == 0
    call = session.start_send(c, b"x" * 100_000)
    total = 0
    while total < 100_000:
        ip = p.expect(None, None, 10_000_000)
        total += len(ip.payload)
        p.send(".")
    assert call.done and call.result == 100_000
    taken = session.send(c, b"x" * 100_000, agent.DONTWAIT)
    assert 0 < taken < 100_000, taken
    assert session.send(c, b"x", agent.DONTWAIT) == -EAGAIN


def check_auto_advance_runs_the_clock(world):
    session = world.agent()
    _, c, p = passive(session)
    call = session.start_poll([(c, POLLIN)], 1500, agent.AUTO_ADVANCE).wait()
    assert (call.result, call.time_us) == (0, 1_500_000), call.time_us
    call = session.start_recv(c, 10, 0, agent.AUTO_ADVANCE).wait()
    assert (call.result, call.time_us) == (-110, 21_500_000), (call.result, call.time_us)
    p.send("P.", b"late")
    assert session.recv(c, 10) == b"late"


def check_close_with_linger_waits(world):
    session = world.agent()
    _, c, p = passive(session)
    assert session.set(c, "SO_LINGER", 1, 5) == 0
    assert session.get(c, "SO_LINGER") == (1, 5)
    assert session.send(c, b"last") == 4
    call = session.start_close(c)
    p.expect("P.", 4)
    p.expect("F.")
    assert not call.done
    p.send(".")
    session.advance(session.now)
    assert call.done and call.result == 0


def check_close_with_linger_gives_up_waiting(world):
    session = world.agent()
    _, c, p = passive(session)
    assert session.set(c, "SO_LINGER", 1, 2) == 0
    call = session.start_close(c, agent.AUTO_ADVANCE).wait()
    assert (call.result, call.time_us) == (0, 2_000_000), call.time_us


def check_close_with_linger_zero_resets(world):
    session = world.agent()
    _, c, p = passive(session)
    assert session.set(c, "SO_LINGER", 1, 0) == 0
    assert session.end(c) == 0
    p.expect("R.")


def check_close_under_a_blocking_call(world):
    session = world.agent()
    _, c, p = passive(session)
    call = session.start_recv(c, 10)
    assert session.end(c) == 0
    p.quiet()
    p.send("P.", b"x")
    assert call.wait().result == 1
    assert session.recv(c, 10) == -EBADF


# --- real time

def check_real_time(world):
    session = world.agent(virtual=False)
    now = lambda: time.time_ns() // 1000
    h = listener(session)
    call = session.start_accept(h)
    p = Peer(session)
    p.send("S", options=p.options)
    sent, _ = session.packet_out(now() + 2_000_000)
    assert abs(sent - now()) < 500_000, "not the time of day"
    again = session.packet_out(now() + 5_000_000)
    assert again and 900_000 < again[0] - sent < 1_400_000, "SYN-ACK again after %s us" % (again and again[0] - sent)
    p.ack = (packet.Ip(again[1]).seq + 1) & 0xFFFFFFFF
    p.send(".")
    call.wait()
    started = now()
    assert session.packet_out(started + 50_000) is None
    assert 45_000 < now() - started < 500_000
    assert session.advance(now() + 10**9) == 0
    started = now()
    assert session.poll(call.result, POLLIN, 30) == 0
    assert 25_000 < now() - started < 500_000


# --- errors, state by state

def check_bad_handles(world):
    session = world.agent()
    for h in (-1, 0, 3, 7, 1 << 20):
        assert session.bind(h) == -EBADF
        assert session.listen(h) == -EBADF
        assert session.accept(h) == -EBADF
        assert session.connect(h) == -EBADF
        assert session.recv(h, 1) == -EBADF
        assert session.send(h, b"x") == -EBADF
        assert session.shutdown(h, 2) == -EBADF
        assert session.end(h) == -EBADF
        assert session.set(h, "NONBLOCK", 1) == -EBADF
        assert session.get(h, "SO_ERROR") == -EBADF
    call = session.start_poll([(9, POLLIN), (-1, POLLIN)], 0).wait()
    assert (call.result, call.data) == (1, struct.pack(">HH", POLLNVAL, 0))


def check_socket_kinds(world):
    session = world.agent()
    assert session.open(1, 4) == 3
    assert session.open(1, 0) == 4
    assert session.open(1, 4, 6) == 5
    assert session.end(4) == 0
    assert session.open(1, 4) == 4
    assert session.open(1, 6) == -97
    assert session.open(1, 9) == -97
    assert session.open(3, 4) == -94
    assert session.open(1, 4, 17) == -93


def check_bind_errors(world):
    session = world.agent()
    h = session.open()
    assert session.call(agent.BIND, struct.pack(">i", h) + agent.address(None)).result == -EINVAL
    assert session.bind(h, "10.9.9.9") == -99
    assert session.bind(h, "::1") == -97
    assert session.bind(h, agent.LOCAL, 8080) == 0
    assert session.bind(h, agent.LOCAL, 8081) == -EINVAL
    other = session.open()
    assert session.bind(other, "0.0.0.0", 8080) == -98
    assert session.bind(other, "0.0.0.0", 0) == 0
    assert session.end(h) == 0
    third = session.open()
    assert session.bind(third, "0.0.0.0", 8080) == 0


def check_two_listeners(world):
    session = world.agent()
    listener(session)
    h = session.open()
    assert session.set(h, "SO_REUSEADDR", 1) == 0
    assert session.bind(h) == -98
    assert session.listen(h) == 0, "binds by itself"


def check_unconnected_errors(world):
    session = world.agent()
    h = session.open()
    assert session.poll(h) == POLLOUT | POLLHUP
    assert session.recv(h, 1) == -107
    assert session.send(h, b"x") == -EPIPE
    assert session.accept(h) == -EINVAL
    assert session.get(h, "SO_ERROR") == 0
    assert session.get(h, "INQ") == 0 and session.get(h, "OUTQ") == 0
    assert session.shutdown(h, 3) == -EINVAL
    assert session.info(h)["state"] == 7
    assert session.shutdown(session.open(), 2) == -107
    assert session.end(h) == 0


def check_listener_errors(world):
    session = world.agent()
    h = listener(session)
    assert session.poll(h) == 0
    assert session.listen(h, 9) == 0
    assert session.connect(h) == -106
    assert session.recv(h, 1) == -107
    assert session.send(h, b"x") == -EPIPE
    assert session.get(h, "INQ") == -EINVAL
    assert session.info(h)["state"] == 10
    assert session.set(h, "NONBLOCK", 1) == 0
    assert session.accept(h) == -EAGAIN
    assert session.bind(h) == -EINVAL
    assert session.shutdown(h, 1) == 0
    assert session.accept(h) == -EAGAIN
    assert session.shutdown(h, 0) == 0
    assert session.accept(h) == -EINVAL
    assert session.listen(h) == 0
    assert session.accept(h) == -EAGAIN


def check_connected_errors(world):
    session = world.agent()
    h, c, p = passive(session)
    assert session.connect(c) == -106
    assert session.listen(c) == -EINVAL
    assert session.accept(c) == -EINVAL
    assert session.bind(c) == -EINVAL
    assert session.poll(c) == POLLOUT
    assert session.recv(c, 10, agent.DONTWAIT) == -EAGAIN
    assert session.recv(c, 10, agent.OOB) == -EINVAL
    assert session.send(c, b"") == 0
    assert session.info(c)["state"] == 1
    p.send("P.", b"abcdef")
    assert session.poll(c) == POLLIN | POLLOUT
    assert session.get(c, "INQ") == 6
    assert session.recv(c, 3, agent.PEEK) == b"abc"
    assert session.recv(c, 0) == b""
    assert session.recv(c, 2) == b"ab"
    call = session.start_recv(c, 2, agent.TRUNC).wait()
    assert call.result == 2 and call.data == agent.address(None), "discards"
    assert session.recv(c, 100) == b"ef"


def check_wait_all(world):
    session = world.agent()
    _, c, p = passive(session)
    call = session.start_recv(c, 8, agent.WAITALL)
    p.send("P.", b"abcd")
    assert not call.done
    assert session.get(c, "INQ") == 0
    p.send("P.", b"efghij")
    assert call.wait().data[3:] == b"abcdefgh"
    p.send("F.", b"")
    call = session.start_recv(c, 8, agent.WAITALL).wait()
    assert call.data[3:] == b"ij"


def check_connecting_errors(world):
    session = world.agent()
    c = session.open()
    assert session.set(c, "NONBLOCK", 1) == 0
    assert session.connect(c) == -115
    assert session.connect(c) == -114
    assert session.poll(c) == 0
    assert session.recv(c, 1) == -EAGAIN
    assert session.send(c, b"x") == -EAGAIN
    assert session.listen(c) == -EINVAL
    assert session.info(c)["state"] == 2
    p = Peer(session)
    p.expect("S")
    p.send("S.", options=p.options)
    assert session.poll(c) == POLLOUT
    assert session.connect(c) == 0
    assert session.connect(c) == -106


def check_connect_refused(world):
    session = world.agent()
    c = session.open()
    call = session.start_connect(c)
    p = Peer(session)
    p.expect("S")
    p.send("R.")
    assert call.wait().result == -111
    assert session.get(c, "SO_ERROR") == 0
    # The same socket may try again.
    assert session.set(c, "NONBLOCK", 1) == 0
    assert session.connect(c) == -115
    p = Peer(session, isn=1000)
    p.expect("S")
    p.send("R.")
    assert session.poll(c) == POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP
    assert session.get(c, "SO_ERROR") == 111
    assert session.get(c, "SO_ERROR") == 0
    assert session.connect(c) == -103


def syn_times(session, c):
    """Seconds at which SYNs left, and when connect gave up."""
    call = session.start_connect(c)
    times = []
    while not call.done:
        departed = session.packet_out(session.now + 100_000_000)
        if departed:
            times.append(departed[0] / 1e6)
        session.advance(session.now)
    assert call.result == -110, call.result
    return [round(t, 1) for t in times], round(call.time_us / 1e6, 1)


def check_connect_times_out(world):
    session = world.agent()
    c = session.open()
    assert session.set(c, "TCP_SYNCNT", 2) == 0
    got = syn_times(session, c)
    # Four linear timeouts first, as Linux since 6.5.
    assert got == ([0, 1, 2, 3, 4, 5], 7), got


def check_syn_backoff(world):
    session = world.agent()
    got = syn_times(session, session.open())
    assert got == ([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67], 131), got


def check_reset_is_reported_once(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("P.", b"data")
    p.send("R.")
    assert session.poll(c) == POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP
    assert session.recv(c, 10) == b"data", "bytes before the reset stay"
    assert session.recv(c, 10) == -104
    assert session.recv(c, 10) == b""
    assert session.send(c, b"x") == -EPIPE
    assert session.poll(c) == POLLIN | POLLOUT | POLLHUP | POLLRDHUP
    assert session.connect(c) == -106
    assert session.shutdown(c, 1) == -107
    assert session.info(c)["state"] == 7


def check_reset_seen_by_send(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("R.")
    assert session.send(c, b"x") == -104
    assert session.send(c, b"x") == -EPIPE
    assert session.recv(c, 1) == b""


def check_reset_seen_by_so_error(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("R.")
    assert session.get(c, "SO_ERROR") == 104
    assert session.get(c, "SO_ERROR") == 0
    assert session.recv(c, 1) == b""


def check_reset_after_fin(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("F.")
    session.now += 100_000
    p.expect(".")
    assert session.poll(c) == POLLIN | POLLOUT | POLLRDHUP
    assert session.info(c)["state"] == 8
    p.send("R.")
    assert session.recv(c, 1) == b""
    assert session.send(c, b"x") == -EPIPE


def check_shutdown_write(world):
    session = world.agent()
    _, c, p = passive(session)
    assert session.shutdown(c, 1) == 0
    p.expect("F.")
    assert session.send(c, b"x") == -EPIPE
    assert session.poll(c) == POLLOUT
    assert session.info(c)["state"] == 4
    p.send(".")
    assert session.info(c)["state"] == 5
    p.send("P.", b"still")
    assert session.recv(c, 10) == b"still"
    p.send("F.")
    assert session.recv(c, 10) == b""
    assert session.poll(c) == POLLIN | POLLOUT | POLLHUP | POLLRDHUP
    assert session.info(c)["state"] == 7, "TIME_WAIT is not the socket's"
    assert session.shutdown(c, 1) == -107


def check_shutdown_read(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("P.", b"one")
    assert session.shutdown(c, 0) == 0
    assert session.recv(c, 10) == b"one"
    assert session.recv(c, 10) == b""
    assert session.poll(c) == POLLIN | POLLOUT | POLLRDHUP
    p.send("P.", b"two")
    assert session.recv(c, 10) == b"two"
    assert session.send(c, b"x") == 1


def check_disconnect(world):
    session = world.agent()
    h, c, p = passive(session)
    assert session.call(agent.CONNECT, struct.pack(">i", c) + agent.address(None)).result == 0
    p.expect("R.")
    assert session.info(c)["state"] == 7
    assert session.get(c, "SO_ERROR") == 104
    assert session.set(c, "NONBLOCK", 1) == 0
    assert session.connect(c) == -115
    Peer(session).expect("S")
    assert session.call(agent.CONNECT, struct.pack(">i", h) + agent.address(None)).result == 0
    assert session.accept(h) == -EINVAL


def check_time_wait_gives_way_to_a_new_syn(world):
    session = world.agent()
    h, c, p = passive(session)
    assert session.end(c) == 0
    p.expect("F.")
    p.send("F.")
    p.expect(".")
    session.now += 1_000_000
    p.seq, old = 1_000_000, p.ack
    p.send("S", options=p.options)
    ip = p.expect("S.")
    assert 0 < (ip.seq - old) & 0xFFFFFFFF < 1 << 31, "starts above the old numbers"
    p.send(".")
    assert session.accept(h) > 0


def check_close_resets_unread(world):
    session = world.agent()
    _, c, p = passive(session)
    p.send("P.", b"unread")
    session.now += 100_000
    p.expect(".")
    assert session.end(c) == 0
    p.expect("R.")


def check_options(world):
    session = world.agent()
    h = session.open()
    for name, value in (("SO_REUSEADDR", 1), ("SO_KEEPALIVE", 1), ("TCP_NODELAY", 1), ("TCP_CORK", 1), ("TCP_MAXSEG", 1000),
                        ("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 6), ("TCP_KEEPCNT", 7), ("TCP_SYNCNT", 3), ("TCP_LINGER2", 9),
                        ("TCP_USER_TIMEOUT", 12345), ("TCP_QUICKACK", 0), ("IP_TOS", 0x48), ("IP_TTL", 33), ("NONBLOCK", 1)):
        assert session.set(h, name, value) == 0, name
        assert session.get(h, name) == value, (name, session.get(h, name))
    fresh = session.open()
    for name, value in (("SO_REUSEADDR", 0), ("SO_KEEPALIVE", 0), ("TCP_NODELAY", 0), ("TCP_CORK", 0), ("TCP_MAXSEG", 536),
                        ("TCP_KEEPIDLE", 7200), ("TCP_KEEPINTVL", 75), ("TCP_KEEPCNT", 9), ("TCP_SYNCNT", 6),
                        ("TCP_LINGER2", 60), ("TCP_USER_TIMEOUT", 0), ("TCP_QUICKACK", 1), ("IP_TOS", 0), ("IP_TTL", 64),
                        ("SO_SNDBUF", 16384), ("SO_RCVBUF", 131072), ("SO_LINGER", (0, 0)), ("SO_ERROR", 0),
                        ("TCP_CONGESTION", b"cubic"), ("NONBLOCK", 0)):
        assert session.get(fresh, name) == value, (name, session.get(fresh, name))
    assert session.set(h, "SO_SNDBUF", 10000) == 0 and session.get(h, "SO_SNDBUF") == 20000
    assert session.set(h, "SO_RCVBUF", 10000) == 0 and session.get(h, "SO_RCVBUF") == 20000
    assert session.set(h, "SO_RCVBUF", 1) == 0 and session.get(h, "SO_RCVBUF") == 2304
    assert session.set(h, "SO_SNDBUF", 1) == 0 and session.get(h, "SO_SNDBUF") == 4608
    assert session.set(h, "SO_SNDBUF", 1 << 30) == 0 and session.get(h, "SO_SNDBUF") == 425984
    assert session.set(h, "TCP_CONGESTION", b"reno\0") == 0 and session.get(h, "TCP_CONGESTION") == b"reno"
    assert session.set(h, "TCP_CONGESTION", b"unknown") == -2
    for name, value in (("TCP_MAXSEG", 87), ("TCP_MAXSEG", 40000), ("TCP_KEEPIDLE", 0), ("TCP_KEEPINTVL", 40000),
                        ("TCP_KEEPCNT", 128), ("TCP_SYNCNT", 0), ("TCP_USER_TIMEOUT", -1), ("IP_TTL", 0), ("IP_TTL", 256)):
        assert session.set(h, name, value) == -EINVAL, name
    assert session.set(h, "TCP_NODELAY", b"\0") == -EINVAL
    assert session.set(h, "SO_LINGER", 1) == -EINVAL
    for name in ("SO_ERROR", "TCP_INFO", "INQ", "OUTQ", "SO_OF_THE_FUTURE"):
        assert session.set(h, name, 1) == -92, name
    assert session.get(h, "SO_OF_THE_FUTURE") == -92


def check_accepted_sockets_inherit(world):
    session = world.agent()
    h = listener(session)
    for name in ("TCP_NODELAY", "SO_KEEPALIVE", "NONBLOCK"):
        assert session.set(h, name, 1) == 0
    p = Peer(session)
    p.send("S", options=p.options)
    p.expect("S.")
    p.send(".")
    c = session.accept(h)
    assert session.get(c, "TCP_NODELAY") == 1 and session.get(c, "SO_KEEPALIVE") == 1
    assert session.get(c, "NONBLOCK") == 0, "not inherited on Linux"


def check_info_keys(world):
    session = world.agent()
    _, c, p = passive(session)
    keys = session.info(c)
    assert set(keys) == {"state", "ca_state", "cwnd_segs", "ssthresh_segs", "snd_mss", "advmss", "unacked", "sacked", "lost",
                         "retrans", "reordering", "rtt_us", "backoff", "probes", "bytes_received"}, keys
    assert keys["cwnd_segs"] == 10 and keys["snd_mss"] == 1460 and keys["advmss"] == 1460, keys
    assert keys["ssthresh_segs"] == 0x7FFFFFFF and keys["reordering"] == 3, keys
    p.send("P.", b"12345")
    assert session.info(c)["bytes_received"] == 5
    session.send(c, b"x" * 3000)
    assert session.info(c)["unacked"] == 3
    assert session.get(c, "OUTQ") == 3000


def check_configuration_counts(world):
    session = world.agent()
    for key, value in (("tcp.initial_cwnd", 3), ("tcp.congestion", "reno"), ("tcp.sack", 0), ("tcp.timestamps", 0),
                       ("tcp.window_scaling", 0), ("tcp.ecn", 0), ("tcp.delayed_ack", 0), ("tcp.rto_min_ms", 300),
                       ("tcp.slow_start_after_idle", 0), ("tcp.rcvbuf_max", 1 << 20)):
        assert session.config(key, value) == 0, key
    h = listener(session)
    p = Peer(session)
    p.send("S", options=(("mss", 1460), ("sackOK",), ("TS", 1, 0), ("nop",), ("wscale", 7)))
    ip = p.expect("S.")
    assert [o[0] for o in ip.options] == ["mss"], ip
    p.send(".")
    c = session.accept(h)
    assert session.info(c)["cwnd_segs"] == 3
    assert session.get(c, "TCP_CONGESTION") == b"reno"
    assert session.config("tcp.congestion", "vegas") == -2
    assert session.config("tcp.sack", "x") == -EINVAL


# --- UDP

def check_udp(world):
    session = world.agent()
    assert session.send(session.open(2), b"x") == -89
    u = session.open(2)
    assert session.listen(u) == -95
    assert session.accept(u) == -95
    assert session.bind(u, port=5000) == 0
    assert session.bind(u, port=5001) == -EINVAL
    assert session.poll(u) == POLLOUT
    assert session.recv(u, 1, agent.DONTWAIT) == -EAGAIN
    assert session.packet_in(packet.udp(agent.REMOTE, agent.LOCAL, 7000, 5000, b"hello")) == 0
    assert session.poll(u) == POLLIN | POLLOUT
    assert session.recv(u, 3, agent.PEEK) == b"hel"
    call = session.start_recv(u, 3, agent.TRUNC).wait()
    assert call.result == 5 and call.data == agent.address(agent.REMOTE, 7000) + b"hel"
    assert session.recv(u, 3, agent.DONTWAIT) == -EAGAIN
    assert session.send(u, b"reply", to=(agent.REMOTE, 7000)) == 5
    ip = packet.Ip(session.packet_out(session.now)[1])
    assert (ip.protocol, ip.sport, ip.dport, ip.payload) == (17, 5000, 7000, b"reply")
    assert session.send(u, b"x" * 65508, to=(agent.REMOTE, 7000)) == -90
    assert session.shutdown(u, 2) == -107


def check_udp_connected(world):
    session = world.agent()
    u = session.open(2)
    assert session.connect(u, agent.REMOTE, 7000) == 0
    assert session.send(u, b"ping") == 4
    data = session.packet_out(session.now)[1]
    quoted = packet.icmp(agent.REMOTE, agent.LOCAL, 3, 3, 0, data[:28])
    assert session.packet_in(quoted) == 0
    assert session.poll(u) & POLLERR
    assert session.recv(u, 10) == -111
    assert session.get(u, "SO_ERROR") == 0
    call = session.start_recv(u, 10)
    port = packet.Ip(data).sport
    assert session.packet_in(packet.udp(agent.REMOTE, agent.LOCAL, 7001, port, b"stranger")) == 0
    assert session.packet_in(packet.udp(agent.REMOTE, agent.LOCAL, 7000, port, b"pong")) == 0
    assert call.wait().data[-4:] == b"pong"


def all_checks():
    """(name, function) in the order of this file."""
    found = [(name[6:].replace("_", " "), f) for name, f in globals().items() if name.startswith("check_")]
    return sorted(found, key=lambda item: inspect.getsourcelines(item[1])[1])
