package io.holdfast.util;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback addresses for a test to listen at later. A port that the kernel chose and that was closed again may be chosen again at
 * once, for another connection or another test. These ports are below the kernel's range (ip_local_port_range begins at 32768),
 * and no two of one process are the same. Any thread.
 */
public final class LoopbackPorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 20_000;
    /** Processes side by side begin at places of their own. */
    private static final AtomicInteger NEXT = new AtomicInteger((int) (ProcessHandle.current().pid() * 997 % COUNT));

    private LoopbackPorts() {
    }

    /** Returns an address without a listener, which this process has not been given before. */
    public static InetSocketAddress next() {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int i = 0; i < COUNT; i++) {
            final int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            try (ServerSocket probe = new ServerSocket(port, 1, loopback)) {
                return new InetSocketAddress(loopback, probe.getLocalPort());
            } catch (final BindException taken) {
                continue;
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1));
    }
}
