package io.holdfast.link.decorator;

import io.holdfast.link.FrameCopy;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.wire.PacketFormatter;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Describes each frame of a link in one line: time in seconds, direction, length, offloads, and the decoded headers. For tests
 * and debugging; it allocates. Lines of one direction are in order; the two directions may come from different threads, but not
 * at once.
 */
public final class TracingLink implements Link {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Link link;
    private final FrameText text;
    private final LongSupplier clock;
    private final Consumer<String> lines;
    private final FrameCopy outbound = new FrameCopy();

    /**
     * Writes lines in the manner of tcpdump.
     *
     * @param clock nanoseconds
     * @param lines takes each line, without its end
     */
    public TracingLink(final Link link, final LongSupplier clock, final Consumer<String> lines) {
        this(link, new PacketFormatter(link.capabilities().ethernet(), true)::describe, clock, lines);
    }

    /**
     * @param text  says what a frame is
     * @param clock nanoseconds
     * @param lines takes each line, without its end
     */
    public TracingLink(final Link link, final FrameText text, final LongSupplier clock, final Consumer<String> lines) {
        this.link = link;
        this.text = text;
        this.clock = clock;
        this.lines = lines;
    }

    @Override
    public LinkCapabilities capabilities() {
        return link.capabilities();
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        if (!link.receive(slot)) {
            return false;
        }
        synchronized (text) {
            final StringBuilder line = begin("in ", slot.length, slot.gsoSize, slot.checksumValid ? " valid" : "");
            text.describe(slot.buffer, slot.offset, slot.length, line);
            lines.accept(line.toString());
        }
        return true;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        outbound.take(frame);
        final String partial = frame.checksumStart >= 0 ? " partial" : "";
        final boolean taken = link.transmit(frame);
        synchronized (text) {
            final StringBuilder line = begin(taken ? "out" : "ful", outbound.length, outbound.gsoSize, partial);
            text.describe(outbound.buffer, 0, outbound.length, line);
            lines.accept(line.toString());
        }
        return taken;
    }

    private StringBuilder begin(final String direction, final int length, final int gsoSize, final String checksum) {
        final long nowNs = clock.getAsLong();
        final StringBuilder line = new StringBuilder(160);
        line.append(nowNs / NS_PER_SECOND).append('.');
        final String fraction = Long.toString(nowNs % NS_PER_SECOND);
        line.append("0".repeat(9 - fraction.length())).append(fraction);
        line.append(' ').append(direction).append(' ').append(length).append(checksum);
        if (gsoSize > 0) {
            line.append(" gso ").append(gsoSize);
        }
        return line.append("  ");
    }

    @Override
    public void await(final long timeoutNs) {
        link.await(timeoutNs);
    }

    @Override
    public boolean isDown() {
        return link.isDown();
    }

    @Override
    public void wakeUp() {
        link.wakeUp();
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
