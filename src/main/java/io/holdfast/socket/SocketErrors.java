package io.holdfast.socket;

import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardClient;
import io.holdfast.stack.ShardStoppedException;
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

    /** Throws, with what stopped it, once the stack has stopped. */
    static void requireRunning(final ShardClient shard) throws IOException {
        try {
            shard.requireRunning();
        } catch (final ShardStoppedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Why a connection failed. */
    static TcpError cause(final Endpoint endpoint) {
        final TcpError error = endpoint.connection().error();
        return error == null ? TcpError.ABORTED : error;
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

    /** One that may be connected to. */
    static IpAddress remote(final InetSocketAddress remote) throws IOException {
        final IpAddress to = address(remote);
        if (remote.getPort() == 0 || to.isAny()) {
            throw connecting(TcpError.CONNECTION_REFUSED);
        }
        if (to.isMulticast()) {
            throw connecting(TcpError.NETWORK_UNREACHABLE);
        }
        return to;
    }

    static InetSocketAddress socketAddress(final IpAddress address, final int port) {
        return new InetSocketAddress(address.toInetAddress(), port);
    }
}
