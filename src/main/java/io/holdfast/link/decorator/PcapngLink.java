package io.holdfast.link.decorator;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the frames of a link, both ways, to a pcapng file while one is open; otherwise it costs a volatile read a frame. The
 * file has the frames as they crossed the link: super-segments whole, partial checksums unfinished, as in a capture on any Linux
 * interface that offloads. Buffered frames reach the file when the buffer is full, when the link's user sleeps, on {@link #flush}
 * and on {@link #stop}.
 *
 * <p>A file that cannot be written ends the capture, never the link; the frames it lacks are counted. Starting, stopping
 * and flushing are for any thread.
 */
public final class PcapngLink implements Link {
    private final Link link;
    private final Counters counters;
    private final LongSupplier epochNs;
    private final UnsafeBuffer part = new UnsafeBuffer(0, 0);
    private final Object lock = new Object();
    /** Guarded by the lock when used; read without it to see whether there is anything to do. */
    private volatile PcapngWriter writer;
    private boolean failed;

    /** @param epochNs the time, in nanoseconds since 1970 */
    public PcapngLink(final Link link, final Counters counters, final LongSupplier epochNs) {
        this.link = link;
        this.counters = counters;
        this.epochNs = epochNs;
    }

    /**
     * Starts a capture into a new file.
     *
     * @throws IllegalStateException if one is running
     */
    public void start(final Path file) throws IOException {
        synchronized (lock) {
            if (writer != null) {
                throw new IllegalStateException("a capture is running already");
            }
            final int linkType = link.capabilities().ethernet() ? PcapngWriter.ETHERNET : PcapngWriter.RAW_IP;
            failed = false;
            writer = new PcapngWriter(file, linkType, "holdfast");
        }
    }

    /** Ends the capture, if there is one, and completes its file. */
    public void stop() throws IOException {
        synchronized (lock) {
            final PcapngWriter ending = writer;
            writer = null;
            if (ending != null) {
                ending.close();
            }
        }
    }

    /** Writes out the buffered frames. */
    public void flush() {
        synchronized (lock) {
            if (writer != null && !failed && writer.hasBuffered()) {
                try {
                    writer.flush();
                } catch (final IOException e) {
                    failed = true;
                }
            }
        }
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
        if (writer != null) {
            captureInbound(slot);
        }
        return true;
    }

    private void captureInbound(final FrameSlot slot) {
        synchronized (lock) {
            if (begin(slot.length)) {
                writer.put(slot.buffer, slot.offset, slot.length);
                writer.end(PcapngWriter.INBOUND);
            }
        }
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (writer == null) {
            return link.transmit(frame);
        }
        synchronized (lock) {
            // Held across both, so that the answer to a frame never stands before the frame.
            if (!link.transmit(frame)) {
                return false;
            }
            if (begin(frame.length())) {
                writer.put(frame.buffer, frame.start, frame.end - frame.start);
                for (int i = 0; i < frame.partCount; i++) {
                    part.wrap(frame.partAddress[i], frame.partLength[i]);
                    writer.put(part, 0, frame.partLength[i]);
                }
                writer.end(PcapngWriter.OUTBOUND);
            }
        }
        return true;
    }

    /** True if the frame's bytes may follow. */
    private boolean begin(final int length) {
        if (writer == null) {
            return false;
        }
        if (!failed) {
            try {
                writer.begin(epochNs.getAsLong(), length);
                return true;
            } catch (final IOException e) {
                failed = true;
            }
        }
        counters.increment(LinkCounter.CAPTURE_DROPPED);
        return false;
    }

    @Override
    public void await(final long timeoutNs) {
        if (timeoutNs > 0 && writer != null) {
            flush();
        }
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
        try {
            stop();
        } catch (final IOException e) {
            failed = true;
        } finally {
            link.close();
        }
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
