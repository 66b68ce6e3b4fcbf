package io.holdfast.os;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The C library by way of jffi, the lower half of jnr-ffi, which calls a function without compiling anything for it. A
 * call is slower than by {@link CompiledLibC}, but there at once. Any thread; allocates in {@link #open} alone.
 *
 * <p>Every argument and result goes as 64 bits: on the 64-bit Linuxes a narrower integer is the lower part of the same register.
 */
final class EarlyLibC implements LibC {
    private final Invoker invoker = Invoker.getInstance();
    private final CallContext none = context(0);
    private final CallContext one = context(1);
    private final CallContext two = context(2);
    private final CallContext three = context(3);
    private final CallContext four = context(4);
    private final CallContext five = context(5);

    private final long open = function("open");
    private final long close = function("close");
    private final long dup3 = function("dup3");
    private final long socket = function("socket");
    private final long bind = function("bind");
    private final long connect = function("connect");
    private final long setsockopt = function("setsockopt");
    private final long send = function("send");
    private final long recv = function("recv");
    private final long syscall = function("syscall");
    private final long ioctl = function("ioctl");
    private final long read = function("read");
    private final long write = function("write");
    private final long writev = function("writev");
    private final long eventfd = function("eventfd");
    private final long setscheduler = function("sched_setscheduler");
    private final long setpriority = function("setpriority");
    private final long getpid = function("getpid");
    private final long gettid = function("gettid");
    private final long self = function("pthread_self");
    private final long getattr = function("pthread_getattr_np");
    private final long getstack = function("pthread_attr_getstack");
    private final long destroy = function("pthread_attr_destroy");
    private final long ppoll = function("ppoll");

    private static CallContext context(final int arguments) {
        final Type[] types = new Type[arguments];
        Arrays.fill(types, Type.SINT64);
        return CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, true);
    }

    /** The JVM itself stands on the C library, so that it is loaded already. */
    private static long function(final String name) {
        final long address = Library.getDefault().getSymbolAddress(name);
        if (address == 0) {
            throw new UnsatisfiedLinkError("no " + name + " in this C library");
        }
        return address;
    }

    @Override
    public int open(final String path, final int flags) {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        final MemoryIO memory = MemoryIO.getInstance();
        final long text = memory.allocateMemory(bytes.length + 1, true);
        try {
            memory.putByteArray(text, bytes, 0, bytes.length);
            return (int) invoker.invokeN2(two, open, text, flags);
        } finally {
            memory.freeMemory(text);
        }
    }

    @Override
    public int close(final int fd) {
        return (int) invoker.invokeN1(one, close, fd);
    }

    @Override
    public int dup3(final int from, final int to, final int flags) {
        return (int) invoker.invokeN3(three, dup3, from, to, flags);
    }

    @Override
    public int socket(final int domain, final int type, final int protocol) {
        return (int) invoker.invokeN3(three, socket, domain, type, protocol);
    }

    @Override
    public int bind(final int fd, final long address, final int bytes) {
        return (int) invoker.invokeN3(three, bind, fd, address, bytes);
    }

    @Override
    public int connect(final int fd, final long address, final int bytes) {
        return (int) invoker.invokeN3(three, connect, fd, address, bytes);
    }

    @Override
    public int setsockopt(final int fd, final int level, final int option, final long value, final int bytes) {
        return (int) invoker.invokeN5(five, setsockopt, fd, level, option, value, bytes);
    }

    @Override
    public long send(final int fd, final long address, final long bytes, final int flags) {
        return invoker.invokeN4(four, send, fd, address, bytes, flags);
    }

    @Override
    public long recv(final int fd, final long address, final long bytes, final int flags) {
        return invoker.invokeN4(four, recv, fd, address, bytes, flags);
    }

    @Override
    public long syscall(final long number, final long first, final long second, final long third) {
        return invoker.invokeN4(four, syscall, number, first, second, third);
    }

    @Override
    public int ioctl(final int fd, final long request, final long argument) {
        return (int) invoker.invokeN3(three, ioctl, fd, request, argument);
    }

    @Override
    public long read(final int fd, final long address, final long bytes) {
        return invoker.invokeN3(three, read, fd, address, bytes);
    }

    @Override
    public long write(final int fd, final long address, final long bytes) {
        return invoker.invokeN3(three, write, fd, address, bytes);
    }

    @Override
    public long writev(final int fd, final long iovec, final int parts) {
        return invoker.invokeN3(three, writev, fd, iovec, parts);
    }

    @Override
    public int eventfd(final int initial, final int flags) {
        return (int) invoker.invokeN2(two, eventfd, initial, flags);
    }

    @Override
    public int sched_setscheduler(final int thread, final int policy, final long parameters) {
        return (int) invoker.invokeN3(three, setscheduler, thread, policy, parameters);
    }

    @Override
    public int setpriority(final int which, final int who, final int nice) {
        return (int) invoker.invokeN3(three, setpriority, which, who, nice);
    }

    @Override
    public int getpid() {
        return (int) invoker.invokeN0(none, getpid);
    }

    @Override
    public int gettid() {
        return (int) invoker.invokeN0(none, gettid);
    }

    @Override
    public long pthread_self() {
        return invoker.invokeN0(none, self);
    }

    @Override
    public int pthread_getattr_np(final long thread, final long attributes) {
        return (int) invoker.invokeN2(two, getattr, thread, attributes);
    }

    @Override
    public int pthread_attr_getstack(final long attributes, final long lowestAddress, final long bytes) {
        return (int) invoker.invokeN3(three, getstack, attributes, lowestAddress, bytes);
    }

    @Override
    public int pthread_attr_destroy(final long attributes) {
        return (int) invoker.invokeN1(one, destroy, attributes);
    }

    @Override
    public int ppoll(final long pollfds, final long count, final long timespec, final long signalMask) {
        return (int) invoker.invokeN4(four, ppoll, pollfds, count, timespec, signalMask);
    }
}
