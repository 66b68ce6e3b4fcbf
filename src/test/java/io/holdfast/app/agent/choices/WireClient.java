package io.holdfast.app.agent.choices;

import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection of a client whose bytes are known: what it received, and what it had received whenever it sent. */
final class WireClient implements AutoCloseable {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private final StreamSocket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<String> script = new ArrayList<>();

    WireClient(final HoldfastStack stack, final InetSocketAddress from, final InetSocketAddress to) throws IOException {
        socket = stack.openStream();
        socket.bind(from);
        socket.connect(to);
        while (!socket.finishConnect()) {
            await(Readiness.CONNECT);
        }
    }

    private void await(final int interest) throws IOException {
        if (socket.await(interest, LIMIT_NS) == 0) {
            throw new IOException("nothing for 20 s, after " + received.size() + " bytes: "
                + received.toString(StandardCharsets.ISO_8859_1));
        }
    }

    void send(final byte[] bytes) throws IOException {
        script.add(received.size() + " " + HexFormat.of().formatHex(bytes));
        final ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            if (socket.write(source) == 0) {
                await(Readiness.WRITE);
            }
        }
    }

    /** Reads what there is, at least a byte; false at the end of the stream. */
    boolean receive(final ByteBuffer into) throws IOException {
        final int from = into.position();
        int n = socket.read(into);
        while (n == 0) {
            await(Readiness.READ);
            n = socket.read(into);
        }
        for (int i = from; i < into.position(); i++) {
            received.write(into.get(i));
        }
        return n > 0;
    }

    private void receiveUpTo(final int total) throws IOException {
        while (received.size() < total) {
            if (!receive(ByteBuffer.allocate(total - received.size()))) {
                throw new EOFException("after " + received.size() + " of " + total);
            }
        }
    }

    /** Sends what another run's client sent, each time after having received as much as that one. */
    void play(final List<String> lines) throws IOException {
        for (final String line : lines) {
            final String[] words = line.split(" ");
            receiveUpTo(Integer.parseInt(words[0]));
            send(HexFormat.of().parseHex(words[1]));
        }
    }

    void receiveToTheEnd() throws IOException {
        while (receive(ByteBuffer.allocate(1 << 14))) {
            continue;
        }
    }

    /** A request over HTTP/1.1 and its whole answer, whose length has to be told. */
    void request(final String path) throws IOException {
        final int before = received.size();
        send(("GET " + path + " HTTP/1.1\r\nHost: holdfast\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        String answer = "";
        while (!answer.contains("\r\n\r\n")) {
            receiveUpTo(received.size() + 1);
            answer = received.toString(StandardCharsets.ISO_8859_1).substring(before);
        }
        final String length = answer.toLowerCase(java.util.Locale.ROOT).replaceAll("(?s).*content-length: (\\d+).*", "$1");
        receiveUpTo(before + answer.length() + Integer.parseInt(length));
    }

    byte[] received() {
        return received.toByteArray();
    }

    List<String> script() {
        return script;
    }

    @Override
    public void close() {
        socket.close();
    }
}
