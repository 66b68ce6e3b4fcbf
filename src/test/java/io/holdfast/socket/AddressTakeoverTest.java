package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.IpCounter;
import io.holdfast.counters.StackCounter;
import io.holdfast.counters.TcpCounter;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryHub;
import io.holdfast.stack.AddressesOnly;
import io.holdfast.util.Deadline;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hosts that can have one address, and a client, on a switch that learns. In virtual time. */
final class AddressTakeoverTest {
    private static final long MS = 1_000_000;
    private static final int PORT = 80;
    private static final IpAddress SERVICE = IpAddress.parse("10.0.0.100");
    private static final long VIRTUAL = 0x0200_0000_0064L;

    private final MemoryHub hub = new MemoryHub();
    private final HoldfastStack client = HoldfastStack.start(config(IpAddress.parse("10.0.0.1"), 1));
    private final AddressesOnly addressesOfA = new AddressesOnly();
    private final AddressesOnly addressesOfB = new AddressesOnly();
    private final HoldfastStack a = HoldfastStack.start(service(2), addressesOfA);
    private final HoldfastStack b = HoldfastStack.start(service(3), addressesOfB);
    private boolean alive = true;
    private long nowNs = 1_000 * MS;

    private StackConfig config(final IpAddress address, final long id) {
        final LinkCapabilities device = LinkCapabilities.plainEthernet(1500, 0x0200_0000_0000L + id);
        return new StackConfig().threading(StackConfig.Threading.INVOKER)
            .link(hub.attach(device.withOffloads(true, true))).address(address).prefixLength(24)
            .random(new SeededRandom(id)).memoryLimit(64 << 20);
    }

    private StackConfig service(final long id) {
        return config(SERVICE, id).set("link.virtual_mac", "02:00:00:00:00:64").set("link.presence", "flooded").hearBytes(1 << 18);
    }

    @BeforeEach
    void listen() throws IOException {
        for (final HoldfastStack stack : new HoldfastStack[] {a, b}) {
            final ListenerSocket listener = stack.openListener();
            listener.bind(TwoHosts.at(SERVICE, PORT));
            listener.listen(10);
        }
        run(0);
    }

    @AfterEach
    void close() {
        client.close();
        a.close();
        b.close();
    }

    @Test
    void shouldSayNothingWhileHeldBackByBoth() throws IOException {
        final StreamSocket socket = connect();
        run(2_500);
        assertEquals(0, socket.readiness() & Readiness.CONNECT);
        for (final HoldfastStack stack : new HoldfastStack[] {a, b}) {
            assertEquals(0, count(stack, IpCounter.OUT_TRANSMITS));
            assertEquals(0, count(stack, IpCounter.ARP_OUT_REPLIES));
        }
        // The announcement finds the client still asking.
        addressesOfA.take();
        runUntil(1_500, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        socket.finishConnect();
    }

    @Test
    void shouldFloodWhatIsForTheVirtualAddress() throws IOException {
        addressesOfA.take();
        final StreamSocket socket = establish();
        final long before = count(b, StackCounter.HEARD);
        socket.write(ByteBuffer.allocate(4_000));
        run(100);
        assertTrue(count(b, StackCounter.HEARD) > before, "the switch has learnt where the virtual address is");
        assertEquals(0, count(b, IpCounter.OUT_TRANSMITS));
        assertEquals(0, count(b, TcpCounter.IN_SEGS));
    }

    /** The client asks nobody anything, and the SYN that the dead host never answered is not sent again. */
    @Test
    void shouldAnswerWhatCameWhileNobodyDid() throws IOException {
        addressesOfA.take();
        establish();
        final long asked = count(client, IpCounter.ARP_OUT_REQUESTS);
        alive = false;
        final StreamSocket socket = connect();
        run(200);
        assertEquals(0, socket.readiness() & Readiness.CONNECT);

        addressesOfB.take();
        runUntil(1, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        socket.finishConnect();
        assertEquals(asked, count(client, IpCounter.ARP_OUT_REQUESTS));
        assertEquals(0, count(b, IpCounter.ARP_OUT_REQUESTS), "the client's address was heard as well");
        assertEquals(0, count(b, TcpCounter.OUT_RSTS), "about the connection that only the dead host had");
    }

    @Test
    void shouldNotAnswerStraysThatItHeard() throws IOException {
        addressesOfA.take();
        final StreamSocket socket = establish();
        alive = false;
        socket.write(ByteBuffer.allocate(1_000));
        run(20);
        addressesOfB.take();
        run(10);
        // b never knew the connection; what comes from now on is another matter.
        assertEquals(3, count(b, StackCounter.HEARD_STRAY), "SYN, ACK and data");
        assertEquals(0, count(b, TcpCounter.PASSIVE_OPENS));
        assertEquals(0, count(b, TcpCounter.OUT_RSTS));
        assertEquals(0, socket.readiness() & Readiness.ERROR);
    }

    @Test
    void shouldForgetWhatIsTooOldToMatter() throws IOException {
        addressesOfA.take();
        establish();
        alive = false;
        final StreamSocket socket = connect();
        run(301);
        addressesOfB.take();
        run(10);
        assertEquals(0, count(b, StackCounter.HEARD_TAKEN_IN));
        assertEquals(0, socket.readiness() & Readiness.CONNECT);
        runUntil(1_000, () -> (socket.readiness() & Readiness.CONNECT) != 0);
    }

    @Test
    void shouldHandTheAddressOver() throws IOException {
        addressesOfA.take();
        establish();
        addressesOfA.hold();
        final long sent = count(a, IpCounter.OUT_TRANSMITS);
        addressesOfB.take();
        establish();
        run(5_000);
        assertEquals(sent, count(a, IpCounter.OUT_TRANSMITS), "announcements of the one that let go included");
        assertEquals(0, count(a, IpCounter.ARP_CONFLICTS) + count(b, IpCounter.ARP_CONFLICTS));
        // Each form, four times.
        assertEquals(8, count(b, IpCounter.ARP_ANNOUNCEMENTS));
    }

    private StreamSocket connect() throws IOException {
        final StreamSocket socket = client.openStream();
        socket.connect(TwoHosts.at(SERVICE, PORT));
        return socket;
    }

    private StreamSocket establish() throws IOException {
        final StreamSocket socket = connect();
        runUntil(10, () -> (socket.readiness() & Readiness.CONNECT) != 0);
        socket.finishConnect();
        return socket;
    }

    private static long count(final HoldfastStack stack, final CounterDescriptor counter) {
        return stack.counters().get(counter);
    }

    private void run(final long ms) {
        final long end = nowNs + ms * MS;
        settle();
        while (next() <= end) {
            nowNs = Math.max(nowNs, next());
            settle();
        }
        nowNs = end;
        settle();
    }

    private void runUntil(final long ms, final BooleanSupplier condition) {
        for (long waited = 0; !condition.getAsBoolean(); waited++) {
            assertTrue(waited <= ms, "not within " + ms + " ms");
            run(1);
        }
    }

    private long next() {
        final long next = Math.min(client.nextDeadlineNs(), Math.min(alive ? a.nextDeadlineNs() : Deadline.NONE,
            b.nextDeadlineNs()));
        return next == Deadline.NONE ? next : Math.max(next, nowNs);
    }

    private void settle() {
        int rounds = 0;
        while (client.invoke(nowNs) + (alive ? a.invoke(nowNs) : 0) + b.invoke(nowNs) > 0) {
            assertTrue(++rounds < 100_000, "the stacks do not come to rest");
        }
    }
}
