package io.holdfast.os;

/**
 * The calls of the C library that the TAP and what else lives here need, bound by jnr-ffi; for this package and {@code link.tap}
 * alone. Memory goes by address, since anything else costs more than the crossing itself. errno is kept by jnr-ffi and
 * meaningful only after a negative result.
 */
public interface LibC {
    int open(String path, int flags);

    int close(int fd);

    int dup3(int from, int to, int flags);

    int socket(int domain, int type, int protocol);

    int bind(int fd, long address, int bytes);

    int connect(int fd, long address, int bytes);

    int setsockopt(int fd, int level, int option, long value, int bytes);

    long send(int fd, long address, long bytes, int flags);

    long recv(int fd, long address, long bytes, int flags);

    /** Calls a system call for which older C libraries have no function. */
    long syscall(long number, long first, long second, long third);

    int ioctl(int fd, long request, long argument);

    long read(int fd, long address, long bytes);

    long write(int fd, long address, long bytes);

    long writev(int fd, long iovec, int parts);

    int eventfd(int initial, int flags);

    int sched_setscheduler(int thread, int policy, long parameters);

    int setpriority(int which, int who, int nice);

    int getpid();

    int gettid();

    long pthread_self();

    int pthread_getattr_np(long thread, long attributes);

    int pthread_attr_getstack(long attributes, long lowestAddress, long bytes);

    int pthread_attr_destroy(long attributes);

    int ppoll(long pollfds, long count, long timespec, long signalMask);
}
