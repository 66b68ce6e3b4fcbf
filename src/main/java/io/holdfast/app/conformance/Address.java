package io.holdfast.app.conformance;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The protocol's addr: an IP address of 0 (none), 4 or 16 bytes, and a port.
 *
 * @param ip   network order; not copied
 * @param port 0 to 65,535
 */
record Address(byte[] ip, int port) {
    static final Address NONE = new Address(new byte[0], 0);

    static Address of(final InetSocketAddress address) {
        return address == null ? NONE : new Address(address.getAddress().getAddress(), address.getPort());
    }

    boolean isNone() {
        return ip.length == 0;
    }

    /** All zero: any address, or in connect this host. */
    boolean isAny() {
        for (final byte b : ip) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the address for the stack; an IPv4 address mapped into IPv6 becomes the IPv4 one.
     *
     * @param family the socket's: 4, 6, or 0 for both
     * @throws ErrnoException EINVAL without an address, EAFNOSUPPORT for one of the other family
     */
    InetSocketAddress toSocketAddress(final int family) throws ErrnoException {
        if (isNone()) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if (ip.length == 16 && family == 4) {
            throw new ErrnoException(Errno.EAFNOSUPPORT);
        }
        try {
            final InetAddress address = InetAddress.getByAddress(ip);
            if (address.getAddress().length != 4) {
                if (!isAny()) {
                    throw new ErrnoException(Errno.EAFNOSUPPORT);
                }
                return new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port);
            }
            return new InetSocketAddress(address, port);
        } catch (final UnknownHostException e) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }
}
