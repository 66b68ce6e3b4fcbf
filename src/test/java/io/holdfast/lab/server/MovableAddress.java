package io.holdfast.lab.server;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.StackCounter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.AddressesOnly;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One of two hosts that can have one address: {@code MovableAddress NAME CONFIG SOCKET}. Answers HTTP requests on port
 * 8080 with its name, as long as it has the address, which is moved by commands on the Unix socket, one a connection:
 * {@code take}, {@code hold}, {@code heard} and {@code taken-in} (frames kept, and handled at a takeover).
 */
public final class MovableAddress {
    private static final int PORT = 8080;
    private static final long WAIT_NS = 5_000_000_000L;

    private MovableAddress() {
    }

    public static void main(final String[] arguments) throws IOException {
        final AddressesOnly addresses = new AddressesOnly();
        final StackConfig config = StackConfig.load(Path.of(arguments[1]));
        final HoldfastStack stack = HoldfastStack.start(config, addresses);
        final InetAddress address = config.addresses().get(0).toInetAddress();
        final ListenerSocket listener = stack.openListener();
        listener.bind(new InetSocketAddress(address, PORT));
        listener.listen(100);
        final Thread serving = new Thread(() -> serve(listener, arguments[0]));
        serving.setDaemon(true);
        serving.start();
        try (ServerSocketChannel control = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            control.bind(UnixDomainSocketAddress.of(arguments[2]));
            System.out.println("listening");
            while (true) {
                try (SocketChannel caller = control.accept()) {
                    final ByteBuffer command = ByteBuffer.allocate(100);
                    caller.read(command);
                    final String text = StandardCharsets.US_ASCII.decode(command.flip()).toString();
                    caller.write(StandardCharsets.US_ASCII.encode(execute(text, addresses, stack)));
                }
            }
        }
    }

    private static String execute(final String command, final AddressesOnly addresses, final HoldfastStack stack) {
        switch (command) {
            case "take" -> addresses.take();
            case "hold" -> addresses.hold();
            case "heard" -> {
                return Long.toString(stack.counters().get(StackCounter.HEARD));
            }
            case "taken-in" -> {
                return Long.toString(stack.counters().get(StackCounter.HEARD_TAKEN_IN));
            }
            default -> throw new IllegalArgumentException(command);
        }
        return "done";
    }

    private static void serve(final ListenerSocket listener, final String name) {
        final ByteBuffer request = ByteBuffer.allocate(4_096);
        while (true) {
            try {
                final StreamSocket socket = listener.accept();
                if (socket == null) {
                    listener.await(Readiness.ACCEPT, WAIT_NS);
                    continue;
                }
                socket.await(Readiness.READ, WAIT_NS);
                socket.read(request.clear());
                socket.write(StandardCharsets.US_ASCII.encode("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n" + name));
                socket.close();
            } catch (final IOException e) {
                System.out.println("a connection failed: " + e);
            }
        }
    }

    /** Gives a running one a command. */
    public static String command(final Path socket, final String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(StandardCharsets.US_ASCII.encode(command));
            final ByteBuffer answer = ByteBuffer.allocate(100);
            while (channel.read(answer) >= 0) {
                continue;
            }
            return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
        }
    }
}
