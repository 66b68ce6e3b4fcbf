package io.holdfast.lab.server;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server for iperf3's TCP tests, either direction and several streams, on plain sockets: {@code Iperf3Server HOST PORT}.
 * One client at a time. The protocol is written down nowhere but in iperf3: on a control connection the client sends a
 * cookie, the server then leads by single bytes; parameters and results are texts of JSON after four bytes of length; each
 * data connection starts with the cookie.
 */
public final class Iperf3Server {
    private static final int TEST_START = 1;
    private static final int TEST_RUNNING = 2;
    private static final int TEST_END = 4;
    private static final int PARAM_EXCHANGE = 9;
    private static final int CREATE_STREAMS = 10;
    private static final int EXCHANGE_RESULTS = 13;
    private static final int DISPLAY_RESULTS = 14;
    private static final int IPERF_DONE = 16;

    private static final int BACKLOG = 64;
    private static final int COOKIE_BYTES = 37;
    private static final int MAX_TEXT_BYTES = 1 << 20;
    private static final int MAX_STREAMS = 128;
    private static final long LATE_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final ServerSocket server;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final List<Iperf3Stream> streams = new ArrayList<>();

    private Iperf3Server(final ServerSocket server, final Socket control) throws IOException {
        this.server = server;
        this.in = new DataInputStream(control.getInputStream());
        this.out = new DataOutputStream(control.getOutputStream());
    }

    public static void main(final String[] arguments) throws Exception {
        try (ServerSocket server =
            new ServerSocket(Integer.parseInt(arguments[1]), BACKLOG, InetAddress.getByName(arguments[0]))) {
            System.out.println("listening");
            while (true) {
                serve(server, server.accept());
            }
        }
    }

    private static void serve(final ServerSocket server, final Socket control) throws InterruptedException {
        try (control) {
            control.setTcpNoDelay(true);
            new Iperf3Server(server, control).test();
        } catch (final IOException e) {
            System.out.println("iperf3: " + e);
        }
    }

    private void test() throws IOException, InterruptedException {
        final byte[] cookie = in.readNBytes(COOKIE_BYTES);
        out.write(PARAM_EXCHANGE);
        final String parameters = readText();
        final boolean reverse = Pattern.compile("\"reverse\":\\s*true").matcher(parameters).find();
        out.write(CREATE_STREAMS);
        try {
            accept(cookie, (int) Math.min(MAX_STREAMS, number(parameters, "parallel", 1)), number(parameters, "len", 1 << 17));
            out.write(new byte[] {TEST_START, TEST_RUNNING});
            streams.forEach(stream -> stream.start(reverse));
            await(TEST_END);
            if (!reverse) {
                awaitBytes(number(parameters, "num", 0));
            }
            out.write(EXCHANGE_RESULTS);
            readText();
            writeText(results());
            out.write(DISPLAY_RESULTS);
            await(IPERF_DONE);
        } finally {
            streams.forEach(Iperf3Stream::close);
        }
    }

    private void accept(final byte[] cookie, final int count, final long blockBytes) throws IOException {
        while (streams.size() < count) {
            final Socket socket = server.accept();
            // The client counts its streams 1, 3, 4, 5 and so on.
            streams.add(new Iperf3Stream(streams.isEmpty() ? 1 : streams.size() + 2, socket, (int) blockBytes));
            if (!Arrays.equals(cookie, socket.getInputStream().readNBytes(COOKIE_BYTES))) {
                throw new IOException("a connection of another test");
            }
        }
    }

    private void await(final int expected) throws IOException {
        final int state = in.readUnsignedByte();
        if (state != expected) {
            throw new IOException("the client is in state " + state + ", not " + expected);
        }
    }

    /** The client ends a test of a number of bytes when it has written them: the last ones are still on their way. */
    private void awaitBytes(final long total) throws InterruptedException {
        final long endNs = System.nanoTime() + LATE_LIMIT_NS;
        while (streams.stream().mapToLong(Iperf3Stream::bytes).sum() < total && System.nanoTime() - endNs < 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private String results() {
        final StringBuilder text = new StringBuilder("{\"cpu_util_total\":0,\"cpu_util_user\":0,\"cpu_util_system\":0,"
            + "\"sender_has_retransmits\":0,\"streams\":[");
        for (final Iperf3Stream stream : streams) {
            text.append(stream == streams.get(0) ? "" : ",").append("{\"id\":").append(stream.id()).append(",\"bytes\":")
                .append(stream.bytes()).append(",\"retransmits\":-1,\"jitter\":0,\"errors\":0,\"packets\":0}");
        }
        return text.append("]}").toString();
    }

    private String readText() throws IOException {
        final int bytes = in.readInt();
        if (bytes < 0 || bytes > MAX_TEXT_BYTES) {
            throw new IOException("a text of " + bytes + " bytes");
        }
        return new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private void writeText(final String text) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static long number(final String json, final String name, final long absent) {
        final Matcher matcher = Pattern.compile("\"" + name + "\":\\s*(\\d+)").matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : absent;
    }
}
