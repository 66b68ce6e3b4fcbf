package io.holdfast.net;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.replay.Choices;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which connection a thread serves, as the clock and the randomness of a replicated server need to know. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServingTest {
    @BeforeEach
    void withSource() {
        Choices.source(new Choices.Source() {
            @Override
            public long choose(final Object connection, final int kind, final LongSupplier local) {
                return local.getAsLong();
            }

            @Override
            public void choose(final Object connection, final int kind, final byte[] bytes,
                final Consumer<byte[]> local) {
                local.accept(bytes);
            }
        });
    }

    @AfterEach
    void withoutSource() {
        Choices.serving(null);
        Choices.source(null);
    }

    @Test
    void shouldServeWhoseStreamsAThreadTakes() throws Exception {
        final SocketKind kind = SocketKind.HOLDFAST.ready();
        try (ServerSocket server = kind.servers.createServerSocket(0, 5, kind.address);
            Socket client = kind.clients.createSocket(kind.address, server.getLocalPort());
            Socket accepted = server.accept()) {
            assertNull(Choices.served());
            client.getOutputStream().write(1);
            assertNull(Choices.served());
            accepted.getOutputStream();
            final Object served = Choices.served();
            assertNotNull(served);
            accepted.getInputStream().read();
            assertSame(served, Choices.served());
            accepted.close();
            assertNull(Choices.served());
        }
    }

    @Test
    void shouldServeNobodyAfterASelection() throws Exception {
        final MemoryLink.Pair wire = MemoryLink.pair(LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_01L),
            LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_02L));
        try (HoldfastStack stack = HoldfastStack.start(new StackConfig().threading(StackConfig.Threading.INVOKER)
                .link(wire.left()).address(IpAddress.parse("10.0.0.1")).prefixLength(24).random(new SeededRandom(1)));
            Selector selector = new HoldfastSelectorProvider(stack).openSelector()) {
            Choices.serving("connection");
            selector.selectNow();
            assertNull(Choices.served());
        }
    }
}
