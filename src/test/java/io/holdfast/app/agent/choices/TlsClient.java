package io.holdfast.app.agent.choices;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** The JDK's TLS over a {@link WireClient}: one request, and what comes until the server closes. */
final class TlsClient {
    private final WireClient wire;
    private final SSLEngine engine;
    private final ByteBuffer cipher = ByteBuffer.allocate(1 << 16);
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 18);

    TlsClient(final WireClient wire, final SSLContext context, final String protocol) {
        this.wire = wire;
        engine = context.createSSLEngine("holdfast", 443);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
    }

    /** The answer, decrypted. */
    String request(final String path) throws IOException {
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                default -> unwrap();
            }
        }
        wrap(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: holdfast\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII)));
        boolean more = true;
        while (more) {
            more = unwrap();
        }
        return new String(plain.array(), 0, plain.position(), StandardCharsets.ISO_8859_1);
    }

    private void wrap(final ByteBuffer from) throws IOException {
        final ByteBuffer to = ByteBuffer.allocate(1 << 16);
        engine.wrap(from, to);
        final byte[] bytes = new byte[to.flip().remaining()];
        to.get(bytes);
        if (bytes.length > 0) {
            wire.send(bytes);
        }
    }

    /** False at the end, TLS's or the stream's. */
    private boolean unwrap() throws IOException {
        cipher.flip();
        final SSLEngineResult result = engine.unwrap(cipher, plain);
        cipher.compact();
        return switch (result.getStatus()) {
            case OK -> true;
            case BUFFER_UNDERFLOW -> wire.receive(cipher);
            case CLOSED -> false;
            case BUFFER_OVERFLOW -> throw new IOException("an answer larger than expected");
        };
    }
}
