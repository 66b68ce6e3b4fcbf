package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.BindException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DatagramSocketTest {
    private final TwoHosts hosts = new TwoHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void shouldEcho() throws IOException {
        final DatagramSocket there = hosts.server.openDatagram();
        there.bind(TwoHosts.at(TwoHosts.SERVER, 7));
        final DatagramSocket here = hosts.client.openDatagram();
        assertEquals(3, here.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), TwoHosts.at(TwoHosts.SERVER, 7)));
        hosts.runUntil(100, () -> (there.readiness() & Readiness.READ) != 0);
        final ByteBuffer buffer = ByteBuffer.allocate(100);
        assertEquals(here.localAddress().getPort(), there.receive(buffer).getPort());
        assertEquals(3, buffer.position());
        assertNull(there.receive(buffer));
        assertEquals(2, hosts.server.sockets().size() + hosts.client.sockets().size());
    }

    @Test
    void shouldHearThatNobodyIsThere() throws IOException {
        final DatagramSocket here = hosts.client.openDatagram();
        here.connect(TwoHosts.at(TwoHosts.SERVER, 9));
        here.send(ByteBuffer.allocate(1), null);
        hosts.runUntil(100, () -> (here.readiness() & Readiness.READ) != 0);
        assertThrows(PortUnreachableException.class, () -> here.receive(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldNotShareAPort() throws IOException {
        hosts.server.openDatagram().bind(TwoHosts.at(TwoHosts.SERVER, 7));
        final DatagramSocket second = hosts.server.openDatagram();
        assertThrows(BindException.class, () -> second.bind(TwoHosts.at(TwoHosts.SERVER, 7)));
    }
}
