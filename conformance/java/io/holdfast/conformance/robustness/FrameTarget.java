package io.holdfast.conformance.robustness;

import io.holdfast.config.StackConfig;
import io.holdfast.conformance.packet.ReceivedPacket;
import io.holdfast.conformance.packet.Segment;
import io.holdfast.counters.StackCounter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Frames for a stack that has a listener and one established connection. The input is a list of records: a byte of control, two
 * of length, then the offload header and the frame. Segments of the connection have numbers relative to those that it has, and
 * the right checksum, so that they get somewhere; the control says how much time passes, and whether the application writes; the
 * first one also, whether the device takes super-segments and partial checksums.
 *
 * <p>Found are: exceptions, also those that the stack catches and counts; invalid packets or offload headers out; a clock that
 * does not go on.
 */
public final class FrameTarget implements Target {
    static final int PORT = 80;
    static final int PEER_PORT = 40_000;
    static final int PEER_ISN = 1_000;
    private static final int RECORD_BYTES = 3;
    private static final int MAX_RECORDS = 64;
    private static final int MAX_CYCLES = 10_000;
    static final int WRITES = 0x80;
    static final int OFFLOADS = 0x40;
    private static final long TIME_UNIT_NS = 1_000_000;

    private final ByteBuffer scratch = ByteBuffer.allocate(1 << 16);

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Targets.FRAMES.target().run(input);
    }

    @Override
    public void run(final byte[] input) {
        final FrameLink link = new FrameLink(input.length > 0 && (input[0] & OFFLOADS) != 0);
        try (HoldfastStack stack = HoldfastStack.start(new StackConfig().threading(StackConfig.Threading.INVOKER).link(link)
            .random(new SplittableRandom(1)::nextLong).address(IpAddress.ofV4(Frames.STACK)).prefixLength(24))) {
            final ListenerSocket listener = stack.openListener();
            listener.bind(new InetSocketAddress("10.77.0.100", PORT));
            listener.listen(4);
            final List<StreamSocket> sockets = new ArrayList<>();
            long nowNs = settle(stack, 1);
            link.feed(Frames.arpRequest());
            nowNs = settle(stack, nowNs);
            link.feed(Frames.syn());
            nowNs = settle(stack, nowNs);
            final int isn = synAck(link).seq();
            link.feed(Frames.ack(isn));
            nowNs = settle(stack, nowNs);

            final ByteBuffer in = ByteBuffer.wrap(input);
            for (int i = 0; i < MAX_RECORDS && in.remaining() > RECORD_BYTES; i++) {
                final int control = in.get() & 0xFF;
                final byte[] frame = new byte[Math.min(in.getShort() & 0xFFFF, in.remaining())];
                in.get(frame);
                Frames.relocate(frame, isn);
                link.feed(frame);
                application(listener, sockets, (control & WRITES) != 0);
                nowNs = settle(stack, nowNs + (1L << (control & 0x0F)) * TIME_UNIT_NS);
                check(link, stack);
            }
            for (final StreamSocket socket : sockets) {
                socket.close();
            }
            settle(stack, nowNs);
            check(link, stack);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Segment synAck(final FrameLink link) {
        for (final byte[] packet : link.takePackets()) {
            final ReceivedPacket received = ReceivedPacket.parse(packet);
            if (received.segment() != null) {
                return received.segment();
            }
        }
        throw new IllegalStateException("the handshake was not answered");
    }

    private void application(final ListenerSocket listener, final List<StreamSocket> sockets, final boolean writes)
        throws IOException {
        final StreamSocket accepted = listener.accept();
        if (accepted != null) {
            sockets.add(accepted);
        }
        for (final StreamSocket socket : sockets) {
            try {
                scratch.clear();
                socket.read(scratch);
                if (writes) {
                    scratch.clear().limit(3_000);
                    socket.write(scratch);
                }
            } catch (final IOException e) {
                // Reset by a segment: what a peer may do.
            }
        }
    }

    private static long settle(final HoldfastStack stack, final long nowNs) {
        for (int cycles = 0; stack.invoke(nowNs) > 0; cycles++) {
            if (cycles > MAX_CYCLES) {
                throw new IllegalStateException("the stack does not come to rest");
            }
        }
        return nowNs;
    }

    private static void check(final FrameLink link, final HoldfastStack stack) {
        link.takePackets().forEach(ReceivedPacket::parse);
        for (final StackCounter counter : List.of(StackCounter.FRAME_HANDLER_ERRORS, StackCounter.CONNECTION_ERRORS,
            StackCounter.HANDLER_ERRORS, StackCounter.COMMAND_ERRORS)) {
            if (stack.counters().get(counter) != 0) {
                throw new IllegalStateException("the stack caught an exception: " + counter);
            }
        }
    }
}
