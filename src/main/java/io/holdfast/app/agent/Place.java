package io.holdfast.app.agent;

import java.util.Locale;

/** Methods of the JDK that ask Holdfast first. {@link JdkAdvice} puts the question there; what answers is given at install. */
enum Place {
    /** Creates all sockets and server sockets of {@code java.net}, those of SSL too. The argument is true for a server socket. */
    SOCKET_IMPLS("java/net/SocketImpl", "createPlatformSocketImpl", "(Z)Ljava/net/SocketImpl;", 0),
    /** The JVM's NIO provider. Asked with null. */
    PROVIDER("java/nio/channels/spi/SelectorProvider", "provider", "()Ljava/nio/channels/spi/SelectorProvider;", Place.NOTHING),
    /** A listener of NIO.2. Asked with null. */
    ASYNCHRONOUS("java/nio/channels/AsynchronousServerSocketChannel", "open",
        "(Ljava/nio/channels/AsynchronousChannelGroup;)Ljava/nio/channels/AsynchronousServerSocketChannel;", Place.NOTHING),
    /** A native library was loaded from a file. Asked with its path. */
    LOAD("java/lang/Runtime", "load0", "(Ljava/lang/Class;Ljava/lang/String;)V", 2),
    /** A native library was loaded by its name. Asked with that. */
    LOAD_LIBRARY("java/lang/Runtime", "loadLibrary0", "(Ljava/lang/Class;Ljava/lang/String;)V", 2),
    /** Asked with the address. */
    INTERFACE_OF("java/net/NetworkInterface", "getByInetAddress", "(Ljava/net/InetAddress;)Ljava/net/NetworkInterface;", 0),
    /** Asked with the name. */
    INTERFACE_NAMED("java/net/NetworkInterface", "getByName", "(Ljava/lang/String;)Ljava/net/NetworkInterface;", 0),
    /** Asked with the number. */
    INTERFACE_NUMBERED("java/net/NetworkInterface", "getByIndex", "(I)Ljava/net/NetworkInterface;", 0),
    /** Asked with null. */
    INTERFACES("java/net/NetworkInterface", "getNetworkInterfaces", "()Ljava/util/Enumeration;", Place.NOTHING),
    /** Asked with null. */
    INTERFACE_STREAM("java/net/NetworkInterface", "networkInterfaces", "()Ljava/util/stream/Stream;", Place.NOTHING),
    /** Asked with the address. */
    REACHABLE("java/net/InetAddress", "isReachable", "(Ljava/net/NetworkInterface;II)Z", 0),
    /** The JVM ends, and the program's shutdown hooks are about to run. Asked with null. */
    SHUTDOWN("java/lang/ApplicationShutdownHooks", "runHooks", "()V", Place.NOTHING);

    /** The argument that the question carries: none. */
    static final int NOTHING = -1;

    private final String type;
    private final String method;
    private final String descriptor;
    private final int argument;

    /**
     * @param type     internal name
     * @param argument local variable that the question carries
     */
    Place(final String type, final String method, final String descriptor, final int argument) {
        this.type = type;
        this.method = method;
        this.descriptor = descriptor;
        this.argument = argument;
    }

    String type() {
        return type;
    }

    String typeName() {
        return type.replace('/', '.');
    }

    int argument() {
        return argument;
    }

    String descriptor() {
        return descriptor;
    }

    /** Returns whether the question is put once the method has succeeded; such a method has no result. */
    boolean afterwards() {
        return this == LOAD || this == LOAD_LIBRARY;
    }

    boolean is(final String typeName, final String methodName, final String methodDescriptor) {
        return type.equals(typeName) && method.equals(methodName) && descriptor.equals(methodDescriptor);
    }

    /** The hook's field. */
    String field() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return typeName() + "." + method;
    }
}
