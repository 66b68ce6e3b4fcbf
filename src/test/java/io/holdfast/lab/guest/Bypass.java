package io.holdfast.lab.guest;

import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;

/** Goes past the stack. Argument: {@code nio2}, or the path of a native library, which need not be there. */
public final class Bypass {
    private Bypass() {
    }

    public static void main(final String[] arguments) throws Exception {
        if (arguments[0].equals("nio2")) {
            try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(0))) {
                System.out.println("listening at " + server.getLocalAddress());
            }
            return;
        }
        try {
            System.load(arguments[0]);
            System.out.println("loaded");
        } catch (final UnsatisfiedLinkError e) {
            System.out.println("not loaded: " + e.getMessage());
        }
    }
}
