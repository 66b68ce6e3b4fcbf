package io.holdfast.socket;

import io.holdfast.tcp.TcpError;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;

/** The exceptions, and their wording, that the JDK makes of the kernel's error numbers. */
final class SocketErrors {
    private SocketErrors() {
    }

    /** What ended a connect. */
    static IOException connecting(final TcpError error) {
        return switch (error) {
            case CONNECTION_REFUSED, TIMED_OUT -> new ConnectException(error.message());
            case HOST_UNREACHABLE -> new NoRouteToHostException(error.message());
            default -> new SocketException(error.message());
        };
    }

    /** What ended a read: of a reset, Java leaves the peer out. */
    static IOException reading(final TcpError error) {
        return switch (error) {
            case CONNECTION_RESET -> new SocketException("Connection reset");
            case HOST_UNREACHABLE -> new NoRouteToHostException(error.message());
            default -> new IOException(error.message());
        };
    }

    static IOException writing(final TcpError error) {
        return error == TcpError.HOST_UNREACHABLE ? new NoRouteToHostException(error.message())
            : new IOException(error.message());
    }

    static BindException addressInUse() {
        return new BindException("Address already in use");
    }

    static BindException addressNotAvailable() {
        return new BindException("Cannot assign requested address");
    }

    static SocketException notConnected() {
        return new SocketException("Socket is not connected");
    }

    /** {@code ::} and {@code 0.0.0.0} become ANY. */
    static IpAddress address(final InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        return IpAddress.of(address.getAddress());
    }

    static InetSocketAddress socketAddress(final IpAddress address, final int port) {
        return new InetSocketAddress(address.toInetAddress(), port);
    }
}
