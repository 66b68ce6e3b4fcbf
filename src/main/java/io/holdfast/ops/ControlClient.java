package io.holdfast.ops;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a running stack through its {@link ControlServer}. */
public final class ControlClient {
    private ControlClient() {
    }

    /**
     * Sends one request, waits for its answer.
     *
     * @return the answer's text
     * @throws IOException with the stack's refusal, or the reason why it cannot be reached, in words for a user
     */
    public static String ask(final Path socket, final String request) throws IOException {
        if (!Files.exists(socket)) {
            throw new IOException("no such control socket: " + socket);
        }
        final String answer;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            ControlServer.write(channel, request + "\n");
            answer = ControlServer.readAll(channel);
        } catch (final ConnectException e) {
            throw new IOException("nothing listens at " + socket + " any more: its process has ended", e);
        }
        final int line = answer.indexOf('\n');
        final String verdict = line < 0 ? answer : answer.substring(0, line);
        if (!verdict.equals("ok")) {
            throw new IOException(verdict.isEmpty() ? "the stack closed the connection without an answer" : verdict);
        }
        return answer.substring(line + 1);
    }
}
