package io.holdfast.failover;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * The addresses that frames of this host's own kernel carry. They change when a bridge gets another port, so a thread of its own
 * looks again and again: the kernel may let it wait.
 */
final class OwnStations implements LongPredicate, AutoCloseable {
    private static final int BYTES = 6;
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(2);

    private volatile long[] macs = look();
    private volatile boolean closed;
    private final Thread thread = new Thread(this::run, "holdfast-stations");

    OwnStations() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, LOOK_NS);
            macs = look();
        }
    }

    private static long[] look() {
        try {
            return NetworkInterface.networkInterfaces().mapToLong(OwnStations::mac).filter(mac -> mac != 0).toArray();
        } catch (final SocketException e) {
            // Without them, frames of the own kernel are taken for another station's.
            return new long[0];
        }
    }

    private static long mac(final NetworkInterface device) {
        long mac = 0;
        try {
            final byte[] bytes = device.getHardwareAddress();
            for (int i = 0; bytes != null && i < BYTES && bytes.length == BYTES; i++) {
                mac = mac << Byte.SIZE | bytes[i] & 0xFF;
            }
        } catch (final SocketException e) {
            // It has gone meanwhile.
            return 0;
        }
        return mac;
    }

    /** Any thread. */
    @Override
    public boolean test(final long mac) {
        for (final long own : macs) {
            if (own == mac) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
