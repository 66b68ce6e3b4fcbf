package io.holdfast.net;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.util.Set;

/**
 * The JDK's own socket implementation, for sockets that are the kernel's: made, and called through the protected methods
 * of {@code SocketImpl}. Needs {@code java.base/java.net} opened and {@code java.base/sun.nio.ch} exported to this module,
 * which the agent sees to.
 */
final class KernelSockets {
    private static final MethodHandles.Lookup LOOKUP = lookup();
    private static final MethodHandle NEW = constructor();
    private static final MethodHandle CREATE = method("create", void.class, boolean.class);
    private static final MethodHandle CONNECT = method("connect", void.class, SocketAddress.class, int.class);
    private static final MethodHandle BIND = method("bind", void.class, InetAddress.class, int.class);
    private static final MethodHandle LISTEN = method("listen", void.class, int.class);
    private static final MethodHandle ACCEPT = method("accept", void.class, SocketImpl.class);
    private static final MethodHandle INPUT = method("getInputStream", InputStream.class);
    private static final MethodHandle OUTPUT = method("getOutputStream", OutputStream.class);
    private static final MethodHandle AVAILABLE = method("available", int.class);
    private static final MethodHandle CLOSE = method("close", void.class);
    private static final MethodHandle SHUTDOWN_INPUT = method("shutdownInput", void.class);
    private static final MethodHandle SHUTDOWN_OUTPUT = method("shutdownOutput", void.class);
    private static final MethodHandle DESCRIPTOR = method("getFileDescriptor", FileDescriptor.class);
    private static final MethodHandle ADDRESS = method("getInetAddress", InetAddress.class);
    private static final MethodHandle PORT = method("getPort", int.class);
    private static final MethodHandle LOCAL_PORT = method("getLocalPort", int.class);
    private static final MethodHandle URGENT = method("sendUrgentData", void.class, int.class);
    private static final MethodHandle SET = method("setOption", void.class, SocketOption.class, Object.class);
    private static final MethodHandle GET = method("getOption", Object.class, SocketOption.class);
    private static final MethodHandle SUPPORTED = method("supportedOptions", Set.class);

    private KernelSockets() {
    }

    private static MethodHandles.Lookup lookup() {
        try {
            return MethodHandles.privateLookupIn(SocketImpl.class, MethodHandles.lookup());
        } catch (final IllegalAccessException e) {
            throw new IllegalStateException("java.base/java.net is not open to Holdfast; its agent opens it", e);
        }
    }

    private static MethodHandle constructor() {
        try {
            final Class<?> type = Class.forName("sun.nio.ch.NioSocketImpl");
            return MethodHandles.lookup().findConstructor(type, MethodType.methodType(void.class, boolean.class))
                .asType(MethodType.methodType(SocketImpl.class, boolean.class));
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("java.base/sun.nio.ch is not exported to Holdfast; its agent exports it", e);
        }
    }

    private static MethodHandle method(final String name, final Class<?> result, final Class<?>... parameters) {
        try {
            return LOOKUP.findVirtual(SocketImpl.class, name, MethodType.methodType(result, parameters));
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK's SocketImpl has no " + name, e);
        }
    }

    /** Rethrows what the JDK's socket threw, as it is. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(final Throwable e) throws E {
        throw (E) e;
    }

    static SocketImpl open(final boolean server) {
        try {
            return (SocketImpl) NEW.invokeExact(server);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }

    static void create(final SocketImpl socket, final boolean stream) throws IOException {
        try {
            CREATE.invokeExact(socket, stream);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void connect(final SocketImpl socket, final SocketAddress remote, final int timeoutMs) throws IOException {
        try {
            CONNECT.invokeExact(socket, remote, timeoutMs);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void bind(final SocketImpl socket, final InetAddress local, final int port) throws IOException {
        try {
            BIND.invokeExact(socket, local, port);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void listen(final SocketImpl socket, final int backlog) throws IOException {
        try {
            LISTEN.invokeExact(socket, backlog);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void accept(final SocketImpl socket, final SocketImpl accepted) throws IOException {
        try {
            ACCEPT.invokeExact(socket, accepted);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static InputStream input(final SocketImpl socket) throws IOException {
        try {
            return (InputStream) INPUT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static OutputStream output(final SocketImpl socket) throws IOException {
        try {
            return (OutputStream) OUTPUT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static int available(final SocketImpl socket) throws IOException {
        try {
            return (int) AVAILABLE.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void close(final SocketImpl socket) throws IOException {
        try {
            CLOSE.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void shutdownInput(final SocketImpl socket) throws IOException {
        try {
            SHUTDOWN_INPUT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void shutdownOutput(final SocketImpl socket) throws IOException {
        try {
            SHUTDOWN_OUTPUT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static FileDescriptor descriptor(final SocketImpl socket) {
        try {
            return (FileDescriptor) DESCRIPTOR.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }

    static InetAddress address(final SocketImpl socket) {
        try {
            return (InetAddress) ADDRESS.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }

    static int port(final SocketImpl socket) {
        try {
            return (int) PORT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }

    static int localPort(final SocketImpl socket) {
        try {
            return (int) LOCAL_PORT.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }

    static void sendUrgentData(final SocketImpl socket, final int data) throws IOException {
        try {
            URGENT.invokeExact(socket, data);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static void option(final SocketImpl socket, final SocketOption<?> name, final Object value) throws IOException {
        try {
            SET.invoke(socket, name, value);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    static Object option(final SocketImpl socket, final SocketOption<?> name) throws IOException {
        try {
            return GET.invoke(socket, name);
        } catch (final Throwable e) {
            throw KernelSockets.<IOException>sneaky(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Set<SocketOption<?>> supportedOptions(final SocketImpl socket) {
        try {
            return (Set<SocketOption<?>>) SUPPORTED.invokeExact(socket);
        } catch (final Throwable e) {
            throw KernelSockets.<RuntimeException>sneaky(e);
        }
    }
}
