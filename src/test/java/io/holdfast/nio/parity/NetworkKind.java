package io.holdfast.nio.parity;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.spi.SelectorProvider;

/** The networks that the parity tests run over; each is made once for all tests of the JVM. */
public enum NetworkKind {
    /** The kernel's provider on loopback. */
    KERNEL {
        @Override
        Network make() {
            final SelectorProvider provider = SelectorProvider.provider();
            final InetAddress loopback = InetAddress.getLoopbackAddress();
            return new SimpleNetwork(provider, provider, loopback, loopback);
        }
    },

    /** Our provider, for channels that it leaves to the kernel: wrapped delegates and the embedded kernel selector. */
    KERNEL_THROUGH_HOLDFAST {
        @Override
        Network make() {
            final SelectorProvider provider = new HoldfastSelectorProvider(
                stack(MemoryLink.pair(caps(0xAL), caps(0xBL)).left(), 77),
                new AddressPolicy(AddressPolicy.Side.KERNEL, AddressPolicy.Side.KERNEL));
            final InetAddress loopback = InetAddress.getLoopbackAddress();
            return new SimpleNetwork(provider, provider, loopback, loopback);
        }
    },

    /** Two stacks, each with its provider, joined by a wire in memory; whoever waits runs his stack. */
    HOLDFAST {
        @Override
        Network make() {
            final MemoryLink.Pair wire = MemoryLink.pair(caps(0x02_00_00_00_00_01L), caps(0x02_00_00_00_00_02L));
            final AddressPolicy policy = new AddressPolicy(AddressPolicy.Side.STACK, AddressPolicy.Side.STACK);
            return new SimpleNetwork(
                new HoldfastSelectorProvider(stack(wire.left(), 1), policy),
                new HoldfastSelectorProvider(stack(wire.right(), 2), policy),
                address(1),
                address(2));
        }
    };

    private Network network;

    abstract Network make();

    public synchronized Network network() {
        if (network == null) {
            network = make();
        }
        return network;
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

    private static InetAddress address(final int host) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 77, 0, (byte) host});
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Plain holder. */
    record SimpleNetwork(
        SelectorProvider server,
        SelectorProvider client,
        InetAddress serverAddress,
        InetAddress clientAddress) implements Network {
    }
}
