package io.holdfast.link.memory;

import io.holdfast.counters.Counters;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * An Ethernet switch inside this process: learns the port at which a MAC address was last seen, sends frames for it there, and
 * floods frames for unknown addresses. A frame that finds a port's queue full is lost, as on a real switch
 * ({@link MemoryLink#dropped()}). Ports are served in the order in which they were attached. Any threads.
 */
public final class MemoryHub {
    /** Learned addresses; beyond that, unknown ones are flooded. */
    public static final int MAX_ADDRESSES = 4_096;

    private static final long MULTICAST_BIT = 1L << 40;

    private final boolean learning;
    private final int queueFrames;
    private final List<MemoryLink> ports = new ArrayList<>();
    private final Long2ObjectHashMap<MemoryLink> portByAddress = new Long2ObjectHashMap<>();

    /** A switch that learns, with queues of {@link MemoryLink#DEFAULT_QUEUE_FRAMES} a port. */
    public MemoryHub() {
        this(true, MemoryLink.DEFAULT_QUEUE_FRAMES);
    }

    /**
     * @param learning    false to flood every frame to every other port, as a hub does
     * @param queueFrames frames that can wait at each port
     */
    public MemoryHub(final boolean learning, final int queueFrames) {
        this.learning = learning;
        this.queueFrames = queueFrames;
    }

    public MemoryLink attach(final LinkCapabilities capabilities) {
        return attach(capabilities, new Counters());
    }

    /**
     * A new port. All ports must agree on offloads.
     *
     * @param counters written by the port's user
     */
    public synchronized MemoryLink attach(final LinkCapabilities capabilities, final Counters counters) {
        if (!capabilities.ethernet()) {
            throw new IllegalArgumentException("a switch needs Ethernet frames");
        }
        if (!ports.isEmpty()) {
            MemoryLink.requireCompatible(ports.get(0).capabilities(), capabilities);
        }
        final MemoryLink port = new MemoryLink(capabilities, queueFrames, counters, this);
        ports.add(port);
        return port;
    }

    synchronized void detach(final MemoryLink port) {
        ports.remove(port);
        portByAddress.values().removeIf(p -> p == port);
    }

    synchronized void forward(final MemoryLink from, final OutboundFrame frame) {
        if (frame.end - frame.start < LinkCapabilities.ETHERNET_HEADER_BYTES) {
            flood(from, frame);
            return;
        }
        final long words = frame.buffer.getLong(frame.start, ByteOrder.BIG_ENDIAN);
        final long destination = words >>> 16;
        final long source = (words & 0xFFFF) << 32
            | frame.buffer.getInt(frame.start + 8, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL;
        if (learning) {
            learn(source, from);
        }
        final MemoryLink to = (destination & MULTICAST_BIT) != 0 ? null : portByAddress.get(destination);
        if (to == null) {
            flood(from, frame);
        } else if (to != from) {
            to.deliver(frame);
        }
    }

    private void learn(final long source, final MemoryLink from) {
        final boolean known = portByAddress.containsKey(source);
        if ((source & MULTICAST_BIT) == 0 && ports.contains(from) && (known || portByAddress.size() < MAX_ADDRESSES)) {
            portByAddress.put(source, from);
        }
    }

    private void flood(final MemoryLink from, final OutboundFrame frame) {
        for (int i = 0; i < ports.size(); i++) {
            final MemoryLink port = ports.get(i);
            if (port != from) {
                port.deliver(frame);
            }
        }
    }
}
