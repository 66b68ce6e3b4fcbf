package io.holdfast.conformance.run;

import io.holdfast.conformance.client.AgentClient;
import io.holdfast.conformance.client.Body;
import io.holdfast.conformance.client.Op;
import io.holdfast.conformance.client.PendingCall;
import io.holdfast.conformance.script.Action;
import io.holdfast.conformance.script.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** System calls of a script, made through the agent. What is written and read is a pattern, so that every byte can be checked. */
final class Calls {
    private static final int NONBLOCK = 0x800;
    private static final int CONNECT_PORT = 8080;
    private static final int PEEK_OR_OOB_OR_TRUNC = 1 | 16 | 4;
    private static final int INFO_BYTES = 4096;
    private static final Pattern STRUCT_NUMBER = Pattern.compile("=\\s*(-?\\d+)");
    private static final Pattern SIZES = Pattern.compile("\\{\\.\\.\\., (\\d+)\\}");
    private static final Pattern POLLED = Pattern.compile(
        "fd\\s*=\\s*(\\d+)[^}]*?events\\s*=\\s*([\\w|]+)(?:[^}]*?revents\\s*=\\s*([\\w|]+))?[^}]*\\}");

    private final AgentClient client;
    /** Descriptors of the script to handles of the agent. */
    private final Map<Integer, Integer> handles = new HashMap<>();
    private final Map<Integer, Integer> written = new HashMap<>();
    private final Map<Integer, Integer> read = new HashMap<>();
    private final boolean patternIsRead;

    /**
     * A call under way.
     *
     * @param finish checks and takes what it returned, given its result
     */
    record Started(PendingCall call, Consumer<Integer> finish) {
    }

    /**
     * @param patternIsRead whether every byte that arrives follows the pattern
     */
    Calls(final AgentClient client, final boolean patternIsRead) {
        this.client = client;
        this.patternIsRead = patternIsRead;
    }

    /**
     * Starts a call.
     *
     * @param flags of the request
     */
    Started start(final Action.Call call, final int flags) {
        final List<String> arguments = call.arguments();
        return switch (call.name()) {
            case "socket" -> opened(client.start(Op.SOCKET, flags,
                new Body().u8(4).u8(arguments.get(1).contains("SOCK_DGRAM") ? 2 : 1).u16(0)), call.result());
            case "accept" -> opened(start(Op.ACCEPT, flags, arguments), call.result());
            case "bind" -> plain(client.start(Op.BIND, flags, fd(arguments).ip(Driver.LOCAL).u16(port(arguments, Flow.LISTEN_PORT))));
            case "listen" -> plain(client.start(Op.LISTEN, flags, fd(arguments).i32(Names.number(arguments.get(1)))));
            case "connect" -> plain(client.start(Op.CONNECT, flags, arguments.get(1).contains("AF_UNSPEC")
                ? fd(arguments).noAddress() : fd(arguments).ip(Driver.REMOTE).u16(port(arguments, CONNECT_PORT))));
            case "close" -> plain(start(Op.CLOSE, flags, arguments));
            case "shutdown" -> plain(client.start(Op.SHUTDOWN, flags, fd(arguments).u8(Names.number(arguments.get(1)))));
            case "write" -> send(arguments, Names.number(arguments.get(2)), 0, flags);
            case "send", "sendto" -> send(arguments, Names.number(arguments.get(2)), Names.number(arguments.get(3)), flags);
            case "sendmsg" -> send(arguments, SIZES.matcher(arguments.get(1)).results()
                .mapToInt(m -> Integer.parseInt(m.group(1))).sum(), Names.number(arguments.get(2)), flags);
            case "read" -> receive(arguments, 0, flags);
            case "recv", "recvfrom" -> receive(arguments, Names.number(arguments.get(3)), flags);
            case "fcntl" -> plain(client.start(Op.SETOPT, flags, fd(arguments).text("NONBLOCK").u16(4)
                .i32((Names.number(arguments.get(2)) & NONBLOCK) != 0 ? 1 : 0)));
            case "ioctl" -> number(client.start(Op.GETOPT, flags, fd(arguments).text(
                arguments.get(1).equals("SIOCOUTQ") ? "OUTQ" : "INQ").u16(4)), arguments.get(1), arguments.get(2));
            case "setsockopt" -> plain(client.start(Op.SETOPT, flags, option(fd(arguments).text(arguments.get(2)), arguments.get(3))));
            case "getsockopt" -> number(client.start(Op.GETOPT, flags, fd(arguments).text(arguments.get(2)).u16(64)),
                arguments.get(2), arguments.get(3));
            case "poll" -> poll(arguments, flags);
            default -> throw new ScriptFailure("no such call", "a call", call.name());
        };
    }

    private PendingCall start(final Op op, final int flags, final List<String> arguments) {
        return client.start(op, flags, fd(arguments));
    }

    private Body fd(final List<String> arguments) {
        return new Body().i32(handle(Names.number(arguments.get(0))));
    }

    private int handle(final int fd) {
        return handles.getOrDefault(fd, fd);
    }

    /** A port may stand where packetdrill has dots: {@code connect(3, port 8081, ...)}. */
    private static int port(final List<String> arguments, final int usual) {
        return arguments.get(1).startsWith("port ") ? Integer.parseInt(arguments.get(1).substring(5)) : usual;
    }

    private static Started plain(final PendingCall call) {
        return new Started(call, result -> { });
    }

    private Started opened(final PendingCall call, final Integer fd) {
        return new Started(call, result -> {
            if (result >= 0 && fd != null && fd >= 0) {
                handles.put(fd, result);
            }
        });
    }

    private Started send(final List<String> arguments, final int size, final int messageFlags, final int flags) {
        final int fd = Names.number(arguments.get(0));
        final int offset = written.getOrDefault(fd, 0);
        final byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = (byte) (offset + i + 1);
        }
        return new Started(client.start(Op.SEND, flags, fd(arguments).i32(messageFlags).noAddress().bytes(data)), result -> {
            if (result > 0) {
                written.put(fd, offset + result);
            }
        });
    }

    private Started receive(final List<String> arguments, final int messageFlags, final int flags) {
        final int fd = Names.number(arguments.get(0));
        final PendingCall call = client.start(Op.RECV, flags, fd(arguments).i32(Names.number(arguments.get(2))).i32(messageFlags));
        return new Started(call, result -> {
            if (result <= 0) {
                return;
            }
            final ByteBuffer data = call.data();
            data.position(data.position() + 1 + data.get(data.position()) + 2);
            final int offset = read.getOrDefault(fd, 0);
            if ((messageFlags & 1) == 0) {
                read.put(fd, offset + result);
            }
            for (int i = 0; patternIsRead && (messageFlags & PEEK_OR_OOB_OR_TRUNC) == 0 && data.hasRemaining(); i++) {
                final byte got = data.get();
                if (got != (byte) (offset + i + 1)) {
                    throw new ScriptFailure("what was read, at byte " + (offset + i), (offset + i + 1) & 0xFF, got & 0xFF);
                }
            }
        });
    }

    private static Body option(final Body body, final String value) {
        if (value.startsWith("\"")) {
            final byte[] text = value.replace("\"", "").getBytes(StandardCharsets.US_ASCII);
            return body.u16(text.length).bytes(text);
        }
        if (value.startsWith("{")) {
            final List<Integer> numbers = STRUCT_NUMBER.matcher(value).results().map(m -> Integer.valueOf(m.group(1))).toList();
            body.u16(4 * numbers.size());
            numbers.forEach(body::i32);
            return body;
        }
        return body.u16(4).i32(Names.number(value.replaceAll("[\\[\\]]", "")));
    }

    /** The value of an option: a number in brackets, or text in quotes; dots for any. */
    private static Started number(final PendingCall call, final String name, final String value) {
        return new Started(call, result -> {
            if (result < 0 || value.equals("...")) {
                return;
            }
            final byte[] got = new byte[call.data().getShort() & 0xFFFF];
            call.data().get(got);
            final String wanted = value.replaceAll("[\\[\\]]", "");
            final String actual = wanted.startsWith("\"") ? "\"" + new String(got, StandardCharsets.US_ASCII) + "\""
                : String.valueOf(ByteBuffer.wrap(got).getInt());
            if (!(wanted.startsWith("\"") ? wanted : String.valueOf(Names.number(wanted))).equals(actual)) {
                throw new ScriptFailure("value of " + name, wanted, actual);
            }
        });
    }

    private Started poll(final List<String> arguments, final int flags) {
        final List<Integer> expected = new ArrayList<>();
        final Body polled = new Body();
        final Matcher m = POLLED.matcher(arguments.get(0));
        while (m.find()) {
            polled.i32(handle(Integer.parseInt(m.group(1)))).u16(Names.number(m.group(2)));
            expected.add(m.group(3) == null ? 0 : Names.number(m.group(3)));
        }
        final Body body = new Body().u16(expected.size()).i32(Names.number(arguments.get(2)));
        final PendingCall call = client.start(Op.POLL, flags, body.bytes(polled.toBytes()));
        return new Started(call, result -> {
            for (final int events : expected) {
                final int got = call.data().getShort() & 0xFFFF;
                if (got != events) {
                    throw new ScriptFailure("events of poll", "0x" + Integer.toHexString(events), "0x" + Integer.toHexString(got));
                }
            }
        });
    }

    /** TCP_INFO of the socket that was opened last, by the C names. */
    Map<String, Long> info() {
        final Map<String, Long> values = new HashMap<>();
        final int fd = handles.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
        final PendingCall call = client.call(Op.GETOPT, new Body().i32(handle(fd)).text("TCP_INFO").u16(INFO_BYTES));
        if (call.result() < 0) {
            throw new ScriptFailure("TCP_INFO", "some", Names.errnoName(-call.result()));
        }
        call.data().getShort();
        for (int count = call.data().getShort(); count > 0; count--) {
            final byte[] key = new byte[call.data().getShort()];
            call.data().get(key);
            values.put(field(new String(key, StandardCharsets.UTF_8)), call.data().getLong());
        }
        return values;
    }

    private static String field(final String key) {
        return "tcpi_" + switch (key) {
            case "cwnd_segs" -> "snd_cwnd";
            case "ssthresh_segs" -> "snd_ssthresh";
            case "rtt_us" -> "rtt";
            default -> key;
        };
    }
}
