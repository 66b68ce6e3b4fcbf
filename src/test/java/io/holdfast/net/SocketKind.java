package io.holdfast.net;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/** Whose {@code java.net} sockets a test runs over. */
enum SocketKind {
    KERNEL {
        @Override
        void make() {
            servers = ServerSocketFactory.getDefault();
            clients = SocketFactory.getDefault();
            address = InetAddress.getLoopbackAddress();
        }
    },
    HOLDFAST {
        @Override
        void make() {
            final MemoryLink.Pair wire = MemoryLink.pair(caps(0x02_00_00_00_00_01L), caps(0x02_00_00_00_00_02L));
            servers = new HoldfastServerSocketFactory(stack(wire.left(), 1));
            clients = new HoldfastSocketFactory(stack(wire.right(), 2));
            try {
                address = InetAddress.getByAddress(new byte[] {10, 77, 0, 1});
            } catch (final UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    ServerSocketFactory servers;
    SocketFactory clients;
    InetAddress address;

    abstract void make();

    synchronized SocketKind ready() {
        if (servers == null) {
            make();
        }
        return this;
    }

    private static LinkCapabilities caps(final long mac) {
        return new LinkCapabilities(true, 1_500, mac, true, true, 65_549);
    }

    private static HoldfastStack stack(final MemoryLink link, final int host) {
        return HoldfastStack.start(new StackConfig()
            .link(link)
            .address(IpAddress.ofV4(0x0A4D_0000 | host))
            .prefixLength(24)
            .random(new SeededRandom(host)));
    }
}
