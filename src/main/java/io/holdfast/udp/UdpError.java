package io.holdfast.udp;

/** Errors of a datagram socket, with Linux's error numbers. */
public enum UdpError {
    CONNECTION_REFUSED(111, "Connection refused"),
    HOST_UNREACHABLE(113, "No route to host"),
    NETWORK_UNREACHABLE(101, "Network is unreachable"),
    MESSAGE_TOO_LONG(90, "Message too long"),
    NO_DESTINATION(89, "Destination address required"),
    BROADCAST_NOT_ALLOWED(13, "Permission denied"),
    ADDRESS_IN_USE(98, "Address already in use"),
    ADDRESS_NOT_AVAILABLE(99, "Cannot assign requested address"),
    TOO_MANY_SOCKETS(23, "Too many open sockets"),
    CLOSED(9, "Socket is closed");

    private final int errno;
    private final String message;

    UdpError(final int errno, final String message) {
        this.errno = errno;
        this.message = message;
    }

    public int errno() {
        return errno;
    }

    public String message() {
        return message;
    }
}
