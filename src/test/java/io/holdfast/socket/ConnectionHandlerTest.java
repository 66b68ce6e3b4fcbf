package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.StackCounter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionHandlerTest {
    private static final int PORT = 7;

    private final TwoHosts hosts = new TwoHosts();
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void close() {
        hosts.close();
    }

    private final class Echo implements ConnectionHandler {
        private final ByteBuffer buffer = ByteBuffer.allocate(100);

        @Override
        public void onConnected(final StreamSocket socket) {
            events.add("connected");
        }

        @Override
        public void onReadable(final StreamSocket socket) throws IOException {
            buffer.clear();
            final int n = socket.read(buffer);
            if (n < 0) {
                socket.close();
            } else if (n > 0) {
                if (buffer.get(0) == '!') {
                    throw new IllegalStateException("a bug of the application");
                }
                if (buffer.get(0) == '?') {
                    socket.await(Readiness.READ, -1);
                }
                socket.write(buffer.flip());
            }
        }

        @Override
        public void onClosed(final StreamSocket socket) {
            events.add("closed");
        }
    }

    private StreamSocket client() throws IOException {
        final ListenerSocket listener = hosts.server.openListener();
        listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.handler(new Echo());
        listener.listen(10);
        return hosts.connect(PORT);
    }

    @Test
    void shouldServeInsideTheShard() throws IOException {
        final StreamSocket here = client();
        here.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        hosts.runUntil(100, () -> here.available() == 3);
        here.close();
        hosts.run(100);
        assertEquals(List.of("connected", "closed"), events);
        assertEquals(1, hosts.server.sockets().size());
    }

    @Test
    void shouldResetTheConnectionOfAHandlerThatThrows() throws IOException {
        final StreamSocket here = client();
        final StreamSocket other = hosts.connect(PORT);
        here.write(ByteBuffer.wrap(new byte[] {'!'}));
        hosts.runUntil(100, () -> (here.readiness() & Readiness.ERROR) != 0);
        assertThrows(IOException.class, () -> here.read(ByteBuffer.allocate(1)));
        other.write(ByteBuffer.wrap(new byte[] {1}));
        hosts.runUntil(100, () -> other.available() == 1);
        assertEquals(1, hosts.server.counters().get(StackCounter.HANDLER_ERRORS));
        assertEquals(List.of("connected", "connected", "closed"), events);
    }

    @Test
    void shouldNotLetAHandlerWait() throws IOException {
        final StreamSocket here = client();
        here.write(ByteBuffer.wrap(new byte[] {'?'}));
        hosts.runUntil(100, () -> (here.readiness() & Readiness.ERROR) != 0);
        assertTrue(hosts.server.counters().get(StackCounter.HANDLER_ERRORS) > 0);
    }
}
