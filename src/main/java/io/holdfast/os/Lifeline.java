package io.holdfast.os;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A TCP connection that the kernel closes at once when this process dies. The last thread of a killed JVM closes its sockets,
 * after it has torn down the JVM's memory, which takes tens of milliseconds. So the lifeline belongs to a thread with a separate
 * table of descriptors, which holds only the lifeline. That table goes with its thread, and threads that are not the last tear
 * nothing down.
 *
 * <p>The thread sends its token, and reads until the other end closes, or is gone for some seconds. Public methods are for any
 * thread.
 */
public final class Lifeline {
    /** Output, and what else a thread may write to without asking. */
    private static final int FIRST_OWN_FD = 3;
    private static final long LAST_FD = 0xFFFF_FFFFL;
    private static final int NO_FD = -1;
    private static final long CONNECT_US = TimeUnit.SECONDS.toMicros(1);
    private static final int KEEPALIVE_SECONDS = 1;
    private static final int KEEPALIVE_COUNT = 3;
    private static final int ADDRESS_BYTES = 28;
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final int FROM = 0;
    private static final int TO = 32;
    private static final int TIMEVAL = 64;
    private static final int ONE = 80;
    private static final int COUNT = 84;
    private static final int IN = 88;
    private static final int WORDS = 96;
    private static final String NOT_YET = "";

    /** Kept for the life of the thread: the rehearsed calls and the real ones must need the same classes. */
    private final LibC libc = Linux.libc();
    private final UnsafeBuffer memory;
    private final long address;
    private final int family;
    private final int addressBytes;
    private final boolean bound;
    private final int wordsBytes;
    private volatile boolean said;
    private volatile boolean ended;
    private volatile boolean hopeless;
    /** The step that failed; {@link #NOT_YET} while all is well. */
    private volatile String failedAt = NOT_YET;
    private volatile int errno;

    private Lifeline(final InetSocketAddress from, final InetSocketAddress to, final byte[] words) {
        memory = new UnsafeBuffer(ByteBuffer.allocateDirect(WORDS + words.length));
        address = memory.addressOffset();
        final boolean six = to.getAddress().getAddress().length > 4;
        family = six ? Linux.AF_INET6 : Linux.AF_INET;
        addressBytes = six ? ADDRESS_BYTES : 16;
        bound = !from.getAddress().isAnyLocalAddress();
        wordsBytes = words.length;
        putAddress(FROM, from.getAddress(), 0);
        putAddress(TO, to.getAddress(), to.getPort());
        memory.putLong(TIMEVAL, CONNECT_US / 1_000_000, NATIVE);
        memory.putLong(TIMEVAL + 8, CONNECT_US % 1_000_000, NATIVE);
        memory.putInt(ONE, KEEPALIVE_SECONDS, NATIVE);
        memory.putInt(COUNT, KEEPALIVE_COUNT, NATIVE);
        memory.putBytes(WORDS, words);
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @param from  local address; its port is ignored; of the same family as {@code to}
     * @param words bytes sent to the other end, once
     */
    public static Lifeline open(final InetSocketAddress from, final InetSocketAddress to, final byte[] words) {
        final Lifeline line = new Lifeline(from, to, words);
        final Thread thread = new Thread(line::run, "holdfast-lifeline");
        thread.setDaemon(true);
        thread.start();
        return line;
    }

    /** Why there is none; null if there is one, was one, or it is being made. */
    public String failure() {
        final String step = failedAt;
        return step.equals(NOT_YET) ? null : step + ": " + Linux.errorName(errno);
    }

    /** Whether the words have been said. */
    public boolean said() {
        return said;
    }

    /** The words were said, and the other end has closed since, or is gone. */
    public boolean ended() {
        return ended;
    }

    /** This kernel lets no process have any. */
    public boolean isHopeless() {
        return hopeless;
    }

    private void putAddress(final int at, final InetAddress value, final int port) {
        final byte[] bytes = value.getAddress();
        memory.putShort(at, (short) family, NATIVE);
        memory.putShort(at + 2, (short) port, ByteOrder.BIG_ENDIAN);
        // sockaddr_in6 has the flow between port and address.
        memory.putBytes(at + (family == Linux.AF_INET6 ? 8 : 4), bytes);
    }

    private void run() {
        // Real time: of a killed process's threads, this one should die first.
        Urgency.raise();
        rehearse();
        // From here on the thread cannot read files, so it may load nothing: no new class, no lambda, no log.
        if (libc.syscall(Linux.SYS_CLOSE_RANGE, FIRST_OWN_FD, LAST_FD, Linux.CLOSE_RANGE_UNSHARE) != 0) {
            hopeless = true;
            fail("a table of descriptors of its own");
            return;
        }
        final int fd = libc.socket(family, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            fail("a socket");
        } else if (bound && libc.bind(fd, address + FROM, addressBytes) != 0) {
            fail("binding it");
        } else if (!prepare(fd)) {
            fail("its options");
        } else if (libc.connect(fd, address + TO, addressBytes) != 0) {
            fail("connecting it");
        } else if (libc.send(fd, address + WORDS, wordsBytes, Linux.MSG_NOSIGNAL) != wordsBytes) {
            fail("sending");
        } else {
            said = true;
            hold(fd);
            ended = true;
        }
    }

    private boolean prepare(final int fd) {
        return libc.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_SNDTIMEO, address + TIMEVAL, 16) == 0
            && option(fd, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, ONE)
            && option(fd, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, ONE)
            && option(fd, Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL, ONE)
            && option(fd, Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, COUNT);
    }

    private boolean option(final int fd, final int level, final int option, final int at) {
        return libc.setsockopt(fd, level, option, address + at, Integer.BYTES) == 0;
    }

    /** Reads until the other end is gone; then the thread ends, and its table with it. */
    private void hold(final int fd) {
        long n = 1;
        while (n > 0 || n < 0 && Linux.errno() == Linux.EINTR) {
            n = libc.recv(fd, address + IN, 1, 0);
        }
    }

    private void fail(final String step) {
        errno = Linux.errno();
        failedAt = step;
    }

    /** Makes every call once, without effect, so that the classes they need are loaded. */
    private void rehearse() {
        libc.syscall(Linux.SYS_CLOSE_RANGE, 1, 0, 0);
        libc.socket(NO_FD, NO_FD, NO_FD);
        libc.bind(NO_FD, address + FROM, addressBytes);
        prepare(NO_FD);
        option(NO_FD, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, ONE);
        libc.connect(NO_FD, address + TO, addressBytes);
        libc.send(NO_FD, address + WORDS, wordsBytes, Linux.MSG_NOSIGNAL);
        hold(NO_FD);
        fail(NOT_YET);
    }
}
