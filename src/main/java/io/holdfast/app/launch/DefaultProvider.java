package io.holdfast.app.launch;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/**
 * The JVM's NIO provider under the command line: the JDK makes its provider of a class that the system's loader finds, and this
 * passes everything on to the one inside.
 */
public final class DefaultProvider extends SelectorProvider {
    private static volatile SelectorProvider inside;

    /** Names this class as the JVM's provider, in place of {@code provider}. Must come before the first channel. */
    public static void install(final SelectorProvider provider) {
        inside = provider;
        System.setProperty("java.nio.channels.spi.SelectorProvider", DefaultProvider.class.getName());
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return inside.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(final ProtocolFamily family) throws IOException {
        return inside.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return inside.openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return inside.openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return inside.openServerSocketChannel();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(final ProtocolFamily family) throws IOException {
        return inside.openServerSocketChannel(family);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return inside.openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(final ProtocolFamily family) throws IOException {
        return inside.openSocketChannel(family);
    }

    @Override
    public Channel inheritedChannel() throws IOException {
        return inside.inheritedChannel();
    }
}
