package io.holdfast.ops;

import io.holdfast.failover.Node;
import io.holdfast.socket.HoldfastStack;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A running stack's control socket: a unix stream socket that answers one request a connection, each a line of text.
 *
 * <pre>
 * counters [all]               counters by component; those that are 0 too
 * counters prometheus          all counters in Prometheus's text format
 * sockets [details]            the listing of sockets
 * capture SECONDS FILE         writes every frame to a new pcapng file for that time, answers at its end
 * status [json]                role, peer, lag, connections and failovers of a replicated stack
 * ready                        yes if a failure would be survived now, or no with what is missing
 * switchover [SECONDS]         hands over to the backup; yes when that is done, or no with the reason
 * takeover [force]             goes on without the other host, or only says what that would cost
 * </pre>
 *
 * The answer is {@code ok} or {@code error REASON} on a line, then text until the end of the stream. Only the owner of
 * the process can connect (file mode 0600). The server has threads of its own and never touches the shard's state.
 */
public final class ControlServer implements Closeable {
    static final int REQUEST_LIMIT_BYTES = 8192;
    private static final int CONNECTION_LIMIT = 16;
    private static final int CAPTURE_LIMIT_SECONDS = 3600;

    private final HoldfastStack stack;
    private final NodeRequests node;
    private final Path path;
    private final ServerSocketChannel listener;
    private final Semaphore connections = new Semaphore(CONNECTION_LIMIT);
    private final Semaphore capturing = new Semaphore(1);

    private ControlServer(final HoldfastStack stack, final Node node, final Path path) throws IOException {
        this.stack = stack;
        this.node = new NodeRequests(node);
        this.path = path;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Files.deleteIfExists(path); // left by a process of the same number that was killed
        listener.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    /**
     * Starts to answer. Uses the system-wide selector provider, which therefore must be installed before.
     *
     * @param node the node of a replicated stack; null if the stack is not replicated
     */
    public static ControlServer start(final HoldfastStack stack, final Node node, final Path path) throws IOException {
        final ControlServer server = new ControlServer(stack, node, path);
        daemon(server::accept);
        return server;
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(path);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                final SocketChannel channel = listener.accept();
                if (connections.tryAcquire()) {
                    daemon(() -> serve(channel));
                } else {
                    channel.close();
                }
            } catch (final IOException e) {
                if (listener.isOpen()) {
                    System.err.println("control socket: " + e.getMessage());
                    pause();
                }
            }
        }
    }

    private void serve(final SocketChannel channel) {
        try (channel) {
            write(channel, answer(readLine(channel)));
        } catch (final IOException e) {
            // The client went away.
        } finally {
            connections.release();
        }
    }

    private String answer(final String request) {
        final String[] words = request.trim().split(" ", 3);
        try {
            return switch (words[0]) {
                case "counters" -> "ok\n" + (isSecond(words, "prometheus") ? PrometheusReport.text(stack.counters())
                    : CounterReport.text(stack.counters(), isSecond(words, "all")));
                case "sockets" -> "ok\n" + SocketReport.text(stack.sockets(), isSecond(words, "details"));
                case "capture" -> capture(words);
                case "status" -> node.status(isSecond(words, "json"));
                case "ready" -> node.ready();
                case "switchover" -> node.switchover(words.length > 1 ? words[1] : null);
                case "takeover" -> node.takeover(isSecond(words, "force"));
                default -> "error unknown request: " + words[0] + "\n";
            };
        } catch (final IOException | RuntimeException e) {
            return "error " + e + "\n";
        }
    }

    private static boolean isSecond(final String[] words, final String word) {
        return words.length > 1 && words[1].equals(word);
    }

    private String capture(final String[] words) throws IOException {
        final int seconds = words.length == 3 ? Integer.parseInt(words[1]) : 0;
        if (seconds < 1 || seconds > CAPTURE_LIMIT_SECONDS) {
            return "error capture wants 1 to " + CAPTURE_LIMIT_SECONDS + " seconds and a file\n";
        }
        if (!capturing.tryAcquire()) {
            return "error a capture is running\n";
        }
        final Path file = Path.of(words[2]);
        try {
            stack.startCapture(file);
            try {
                TimeUnit.SECONDS.sleep(seconds);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                stack.stopCapture();
            }
        } finally {
            capturing.release();
        }
        return "ok\n" + file + " " + Files.size(file) + " bytes\n";
    }

    private static String readLine(final SocketChannel channel) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(REQUEST_LIMIT_BYTES);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            if (buffer.position() > 0 && buffer.get(buffer.position() - 1) == '\n') {
                break;
            }
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    static void write(final SocketChannel channel, final String text) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static String readAll(final SocketChannel channel) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final ByteBuffer buffer = ByteBuffer.allocate(REQUEST_LIMIT_BYTES);
        while (channel.read(buffer) >= 0) {
            bytes.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(final Runnable task) {
        final Thread thread = new Thread(task, "holdfast-control");
        thread.setDaemon(true);
        thread.start();
    }
}
