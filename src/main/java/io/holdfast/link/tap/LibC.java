package io.holdfast.link.tap;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The calls of the C library that the TAP and what else lives here need, through jffi. All arguments are passed as 64-bit integers, as both
 * x86-64 and arm64 pass integers and addresses; jffi calls such functions without libffi. Memory goes by address. Any thread;
 * {@link #errno} is the calling thread's.
 */
final class LibC {
    static {
        NativeHalf.load();
    }

    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final Library LIBRARY = Library.getCachedInstance("libc.so.6", Library.LAZY | Library.GLOBAL);
    private static final int MOST_ARGUMENTS = 6;
    /** By number of arguments. Each keeps errno. */
    private static final CallContext[] CONTEXTS = contexts();

    private static final CallContext NONE = CONTEXTS[0];
    private static final CallContext ONE = CONTEXTS[1];
    private static final CallContext TWO = CONTEXTS[2];
    private static final CallContext THREE = CONTEXTS[3];
    private static final CallContext FOUR = CONTEXTS[4];
    private static final CallContext FIVE = CONTEXTS[5];

    private static final long OPEN = symbol("open");
    private static final long CLOSE = symbol("close");
    private static final long DUP3 = symbol("dup3");
    private static final long SOCKET = symbol("socket");
    private static final long BIND = symbol("bind");
    private static final long CONNECT = symbol("connect");
    private static final long SETSOCKOPT = symbol("setsockopt");
    private static final long SEND = symbol("send");
    private static final long RECV = symbol("recv");
    private static final long SYSCALL = symbol("syscall");
    private static final long IOCTL = symbol("ioctl");
    private static final long READ = symbol("read");
    private static final long WRITE = symbol("write");
    private static final long WRITEV = symbol("writev");
    private static final long EVENTFD = symbol("eventfd");
    private static final long SCHED_SETSCHEDULER = symbol("sched_setscheduler");
    private static final long SETPRIORITY = symbol("setpriority");
    private static final long GETPID = symbol("getpid");
    private static final long GETTID = symbol("gettid");
    private static final long PTHREAD_SELF = symbol("pthread_self");
    private static final long PTHREAD_GETATTR_NP = symbol("pthread_getattr_np");
    private static final long PTHREAD_ATTR_GETSTACK = symbol("pthread_attr_getstack");
    private static final long PTHREAD_ATTR_DESTROY = symbol("pthread_attr_destroy");
    private static final long PPOLL = symbol("ppoll");

    private static CallContext[] contexts() {
        final CallContext[] contexts = new CallContext[MOST_ARGUMENTS];
        for (int n = 0; n < MOST_ARGUMENTS; n++) {
            final Type[] arguments = new Type[n];
            Arrays.fill(arguments, Type.SINT64);
            contexts[n] = CallContext.getCallContext(Type.SINT64, arguments, CallingConvention.DEFAULT, true);
        }
        return contexts;
    }

    private static long symbol(final String name) {
        final long address = LIBRARY == null ? 0 : LIBRARY.getSymbolAddress(name);
        if (address == 0) {
            throw new IllegalStateException("the C library has no " + name + ": " + Library.getLastError());
        }
        return address;
    }

    /** Of the calling thread's last call, if that failed. */
    int errno() {
        return LAST_ERROR.get();
    }

    int open(final String path, final int flags) {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        final long address = MEMORY.allocateMemory(bytes.length + 1L, true);
        try {
            MEMORY.putByteArray(address, bytes, 0, bytes.length);
            return (int) INVOKER.invokeL2(TWO, OPEN, address, flags);
        } finally {
            MEMORY.freeMemory(address);
        }
    }

    int close(final int fd) {
        return (int) INVOKER.invokeL1(ONE, CLOSE, fd);
    }

    int dup3(final int from, final int to, final int flags) {
        return (int) INVOKER.invokeL3(THREE, DUP3, from, to, flags);
    }

    int socket(final int domain, final int type, final int protocol) {
        return (int) INVOKER.invokeL3(THREE, SOCKET, domain, type, protocol);
    }

    int bind(final int fd, final long address, final int bytes) {
        return (int) INVOKER.invokeL3(THREE, BIND, fd, address, bytes);
    }

    int connect(final int fd, final long address, final int bytes) {
        return (int) INVOKER.invokeL3(THREE, CONNECT, fd, address, bytes);
    }

    int setsockopt(final int fd, final int level, final int option, final long value, final int bytes) {
        return (int) INVOKER.invokeL5(FIVE, SETSOCKOPT, fd, level, option, value, bytes);
    }

    long send(final int fd, final long address, final long bytes, final int flags) {
        return INVOKER.invokeL4(FOUR, SEND, fd, address, bytes, flags);
    }

    long recv(final int fd, final long address, final long bytes, final int flags) {
        return INVOKER.invokeL4(FOUR, RECV, fd, address, bytes, flags);
    }

    /** For what older C libraries have no name for. */
    long syscall(final long number, final long first, final long second, final long third) {
        return INVOKER.invokeL4(FOUR, SYSCALL, number, first, second, third);
    }

    int ioctl(final int fd, final long request, final long argument) {
        return (int) INVOKER.invokeL3(THREE, IOCTL, fd, request, argument);
    }

    long read(final int fd, final long address, final long bytes) {
        return INVOKER.invokeL3(THREE, READ, fd, address, bytes);
    }

    long write(final int fd, final long address, final long bytes) {
        return INVOKER.invokeL3(THREE, WRITE, fd, address, bytes);
    }

    long writev(final int fd, final long iovec, final int parts) {
        return INVOKER.invokeL3(THREE, WRITEV, fd, iovec, parts);
    }

    int eventfd(final int initial, final int flags) {
        return (int) INVOKER.invokeL2(TWO, EVENTFD, initial, flags);
    }

    int sched_setscheduler(final int thread, final int policy, final long parameters) {
        return (int) INVOKER.invokeL3(THREE, SCHED_SETSCHEDULER, thread, policy, parameters);
    }

    int setpriority(final int which, final int who, final int nice) {
        return (int) INVOKER.invokeL3(THREE, SETPRIORITY, which, who, nice);
    }

    int getpid() {
        return (int) INVOKER.invokeL0(NONE, GETPID);
    }

    int gettid() {
        return (int) INVOKER.invokeL0(NONE, GETTID);
    }

    long pthread_self() {
        return INVOKER.invokeL0(NONE, PTHREAD_SELF);
    }

    int pthread_getattr_np(final long thread, final long attributes) {
        return (int) INVOKER.invokeL2(TWO, PTHREAD_GETATTR_NP, thread, attributes);
    }

    int pthread_attr_getstack(final long attributes, final long lowestAddress, final long bytes) {
        return (int) INVOKER.invokeL3(THREE, PTHREAD_ATTR_GETSTACK, attributes, lowestAddress, bytes);
    }

    int pthread_attr_destroy(final long attributes) {
        return (int) INVOKER.invokeL1(ONE, PTHREAD_ATTR_DESTROY, attributes);
    }

    int ppoll(final long pollfds, final long count, final long timespec, final long signalMask) {
        return (int) INVOKER.invokeL4(FOUR, PPOLL, pollfds, count, timespec, signalMask);
    }
}
