package io.holdfast.nio.parity;

import static io.holdfast.nio.parity.SelectorParityTest.register;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Kernel channels beside stack channels in one selector: they are served, and give their descriptors back. */
class DescriptorLeakTest extends ParityTest {
    private static final int ROUNDS = 100;
    private static final int SLACK = 30;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Test
    void shouldGiveBackTheDescriptorsOfClosedChannels() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(DESCRIPTORS));
        final Selector selector = openServerSelector();
        final ServerSocketChannel listener = listen();
        round(selector, listener);
        final long before = descriptors();
        for (int i = 0; i < ROUNDS; i++) {
            round(selector, listener);
        }
        selector.selectNow();
        assertTrue(selector.keys().isEmpty());
        assertTrue(descriptors() < before + SLACK, "descriptors: " + before + ", then " + descriptors());
    }

    @Test
    void shouldServeADatagramChannelOfTheKernelsBesideAStream() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey streamKey = register(pair.server(), selector, SelectionKey.OP_READ);
        final DatagramChannel datagrams = track(net.server().openDatagramChannel());
        datagrams.bind(new InetSocketAddress("127.0.0.1", 0));
        final SelectionKey datagramKey = register(datagrams, selector, SelectionKey.OP_READ);
        assertEquals(0, selector.selectNow());

        final Background<Integer> first = Background.run(() -> selector.select(10_000));
        writeFully(pair.client(), new byte[1]);
        assertEquals(1, first.result());
        assertTrue(streamKey.isReadable());
        assertEquals(1, readFully(pair.server(), 1).length);
        selector.selectedKeys().clear();

        final Background<Integer> second = Background.run(() -> selector.select(10_000));
        try (DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.allocate(3), datagrams.getLocalAddress());
        }
        assertEquals(1, second.result());
        assertTrue(datagramKey.isReadable());
    }

    private void round(final Selector selector, final ServerSocketChannel listener) throws Exception {
        final DatagramChannel datagrams = net.server().openDatagramChannel();
        register(datagrams, selector, SelectionKey.OP_READ);
        try (Scope connection = new Scope(listener)) {
            register(connection.pair.server(), selector, SelectionKey.OP_READ);
            selector.selectNow();
            datagrams.close();
        }
        selector.selectNow();
    }

    private final class Scope implements AutoCloseable {
        private final Pair pair;

        Scope(final ServerSocketChannel listener) throws Exception {
            pair = connect(listener);
        }

        @Override
        public void close() throws Exception {
            pair.client().close();
            pair.server().close();
        }
    }

    private static long descriptors() throws Exception {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.count();
        }
    }
}
