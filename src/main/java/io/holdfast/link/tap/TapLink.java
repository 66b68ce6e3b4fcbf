package io.holdfast.link.tap;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.os.Linux;
import io.holdfast.wire.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One queue of a Linux TAP device. With the offload header ({@code IFF_VNET_HDR}) a read or a write moves a super-segment
 * of up to 64 KiB with a partial checksum; without it, or from the moment on when the kernel refuses one, single frames.
 * One system call a frame, nothing allocated. Received headers are checked as if hostile, see {@link VnetHeader}.
 *
 * <p>One thread may be in {@link #receive} while another is in {@link #transmit}; not two in the same. {@link #await} and
 * {@link #wakeUp} are for any thread. {@link #close} ends sleeps, and must not run beside receive or transmit.
 */
public final class TapLink implements Link {
    /** Frames that one receive drops before it gives others a turn. */
    private static final int MAX_INVALID_FRAMES = 64;
    private static final int IOVEC_BYTES = 16;
    /** How often is looked whether a device that was deleted is there again. */
    private static final long REOPEN_NS = 500_000_000;
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private final TapConfig config;
    private final String name;
    private final int fd;
    private final int headerBytes;
    private final Counters counters;
    private final Sleeper sleeper;
    private final long interfaceMac;
    /** One entry for the frame's own bytes and one for each part; used by transmit alone. */
    private final UnsafeBuffer iovec = new UnsafeBuffer(
        ByteBuffer.allocateDirect((1 + OutboundFrame.MAX_PARTS) * IOVEC_BYTES));
    /** The last frame could not leave because the interface is down. */
    private volatile boolean refusing;
    private volatile LinkCapabilities capabilities;
    private long reopenNs = System.nanoTime();
    private boolean closed;

    private TapLink(final TapConfig config, final TapDevice device, final Counters counters) throws TapException {
        this.config = config;
        this.name = config.device;
        this.fd = device.fd();
        this.headerBytes = device.hasHeader() ? VnetHeader.BYTES : 0;
        this.counters = counters;
        this.interfaceMac = device.interfaceMac();
        final LinkCapabilities plain = LinkCapabilities.plainEthernet(device.mtu(), device.stackMac());
        this.capabilities = plain.withOffloads(device.hasHeader(), device.hasHeader());
        this.sleeper = new Sleeper(fd);
    }

    /**
     * Attaches to a TAP device, or creates it, brings it up, and leaves its address to the stack.
     *
     * @param counters written by the threads that receive and transmit
     * @throws TapException with what to do about it
     */
    public static TapLink open(final TapConfig config, final Counters counters) throws TapException {
        final TapDevice device = TapDevice.open(config);
        try {
            return new TapLink(config, device, counters);
        } catch (final TapException e) {
            Linux.libc().close(device.fd());
            throw e;
        }
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** The address of the kernel's interface at the other end, in the low 48 bits. Not the stack's. */
    public long interfaceMac() {
        return interfaceMac;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        slot.clear();
        if (closed || isLost()) {
            return false;
        }
        final int space = headerBytes + FrameSlot.MAX_FRAME_BYTES;
        final long address = slot.buffer.addressOffset() + slot.offset - headerBytes;
        for (int i = 0; i < MAX_INVALID_FRAMES; i++) {
            final long n = Linux.libc().read(fd, address, space);
            if (n < 0) {
                onReceiveError(Linux.errno());
                return false;
            }
            slot.length = (int) n - headerBytes;
            if (accept(slot)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLost() {
        if (!sleeper.isDeviceLost()) {
            return false;
        }
        counters.set(LinkCounter.DEVICE_LOST, 1);
        final long nowNs = System.nanoTime();
        if (nowNs - reopenNs < 0) {
            return true;
        }
        reopenNs = nowNs + REOPEN_NS;
        return !reopen();
    }

    /** Attaches to the device if it was created again. The descriptor keeps its number, which other threads may be using. */
    private boolean reopen() {
        final TapDevice device;
        try {
            device = TapDevice.open(config.existing());
        } catch (final TapException e) {
            return false;
        }
        final boolean fits = device.hasHeader() == headerBytes > 0 && Linux.libc().dup3(device.fd(), fd, Linux.O_CLOEXEC) >= 0;
        Linux.libc().close(device.fd());
        if (fits) {
            capabilities = LinkCapabilities.plainEthernet(device.mtu(), device.stackMac())
                .withOffloads(device.hasHeader(), device.hasHeader());
            refusing = false;
            sleeper.deviceBack();
            counters.set(LinkCounter.DEVICE_LOST, 0);
            counters.increment(LinkCounter.DEVICE_REOPENED);
        }
        return fits;
    }

    /** Sets the hints and counts; returns false if the caller must drop the frame. */
    private boolean accept(final FrameSlot slot) {
        if (slot.length < LinkCapabilities.ETHERNET_HEADER_BYTES) {
            counters.increment(LinkCounter.DROPPED_IN_SHORT);
            return false;
        }
        if (headerBytes > 0) {
            switch (VnetHeader.parse(slot)) {
                case INVALID -> {
                    counters.increment(LinkCounter.DROPPED_IN_OFFLOAD_HEADER);
                    return false;
                }
                case COMPLETED -> counters.increment(LinkCounter.CHECKSUM_COMPLETED_IN);
                default -> {
                }
            }
        }
        counters.increment(LinkCounter.FRAMES_IN);
        counters.add(LinkCounter.BYTES_IN, slot.length);
        if (slot.gsoSize > 0) {
            counters.increment(LinkCounter.SUPER_SEGMENTS_IN);
        }
        return true;
    }

    private void onReceiveError(final int errno) {
        if (errno == Linux.EAGAIN || errno == Linux.EINTR) {
            return;
        }
        counters.increment(LinkCounter.RECEIVE_ERRORS);
        if (errno == Linux.EBADFD || errno == Linux.EIO || errno == Linux.ENODEV) {
            sleeper.deviceLost();
        }
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (closed) {
            counters.increment(LinkCounter.DROPPED_OUT_DOWN);
            return true;
        }
        final int length = frame.length();
        if (length > FrameSlot.MAX_FRAME_BYTES) {
            counters.increment(LinkCounter.DROPPED_OUT_OVERSIZE);
            return true;
        }
        final LinkCapabilities now = capabilities;
        if (frame.gsoSize > 0 && !now.segmentation() || frame.checksumStart >= 0 && !now.checksumOffload()) {
            counters.increment(LinkCounter.DROPPED_OUT_STALE_OFFLOAD);
            return true;
        }
        if (headerBytes > 0) {
            VnetHeader.encode(frame);
        }
        if (write(frame) < 0) {
            return onTransmitError(frame, Linux.errno());
        }
        if (refusing) {
            refusing = false;
        }
        counters.increment(LinkCounter.FRAMES_OUT);
        counters.add(LinkCounter.BYTES_OUT, length);
        if (frame.gsoSize > 0) {
            counters.increment(LinkCounter.SUPER_SEGMENTS_OUT);
        }
        return true;
    }

    private long write(final OutboundFrame frame) {
        final long address = frame.buffer.addressOffset() + frame.start - headerBytes;
        final long bytes = headerBytes + frame.end - frame.start;
        if (frame.partCount == 0) {
            return Linux.libc().write(fd, address, bytes);
        }
        iovec.putLong(0, address, NATIVE);
        iovec.putLong(8, bytes, NATIVE);
        for (int i = 0; i < frame.partCount; i++) {
            final int entry = (1 + i) * IOVEC_BYTES;
            iovec.putLong(entry, frame.partAddress[i], NATIVE);
            iovec.putLong(entry + 8, frame.partLength[i], NATIVE);
        }
        return Linux.libc().writev(fd, iovec.addressOffset(), 1 + frame.partCount);
    }

    /** Counts a failed write. Only a full queue is worth another try with the same frame; any other failure is a loss. */
    private boolean onTransmitError(final OutboundFrame frame, final int errno) {
        switch (errno) {
            case Linux.EAGAIN, Linux.EINTR -> {
                counters.increment(LinkCounter.TRANSMIT_FULL);
                return false;
            }
            case Linux.EIO, Linux.ENETDOWN, Linux.EBADFD -> {
                refusing = true;
                counters.increment(LinkCounter.DROPPED_OUT_DOWN);
            }
            case Linux.EINVAL -> onRefused(frame);
            default -> counters.increment(LinkCounter.DROPPED_OUT_ERROR);
        }
        return true;
    }

    /** Some kernels declare an offload and then refuse a frame that uses it; TCP repairs the loss without it. */
    private void onRefused(final OutboundFrame frame) {
        counters.increment(LinkCounter.DROPPED_OUT_ERROR);
        if (frame.gsoSize > 0) {
            capabilities = capabilities.withOffloads(false, true);
            counters.set(LinkCounter.SEGMENTATION_REFUSED, 1);
        } else if (frame.checksumStart >= 0) {
            capabilities = capabilities.withOffloads(false, false);
            counters.set(LinkCounter.SEGMENTATION_REFUSED, 1);
            counters.set(LinkCounter.CHECKSUM_OFFLOAD_REFUSED, 1);
        }
    }

    @Override
    public void await(final long timeoutNs) {
        sleeper.await(timeoutNs);
    }

    @Override
    public void wakeUp() {
        sleeper.wakeUp();
    }

    /** Known at once if the device is deleted, and with the next frame that is to leave if it is down. */
    @Override
    public boolean isDown() {
        return refusing || sleeper.isDeviceLost();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sleeper.close();
            Linux.libc().close(fd);
        }
    }

    @Override
    public String toString() {
        final LinkCapabilities now = capabilities;
        return "tap " + name + " mac " + MacAddress.format(now.macAddress()) + " mtu " + now.mtu() + " header "
            + (headerBytes > 0) + " segmentation " + now.segmentation() + " checksum " + now.checksumOffload();
    }
}
