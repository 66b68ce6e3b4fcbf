package io.holdfast.os;

import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.NativeMethod;
import com.kenai.jffi.NativeMethods;
import com.kenai.jffi.PageManager;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.BufferUtil;

/**
 * Position and end of the calling thread's stack. Java tells neither, so a native method of two instructions, which jffi
 * registers, reads the stack pointer, and the C library tells the stack's bounds.
 *
 * <p>Any thread. A virtual thread runs on the stack of its carrier, and the answers are its carrier's.
 */
public final class ThreadStack {
    /** {@link #pointer()} cannot be read here, or the stack's end is not known. */
    public static final long UNKNOWN = 0;

    /** endbr64; mov rax, rsp; ret. */
    private static final byte[] X86_64 = {(byte) 0xF3, 0x0F, 0x1E, (byte) 0xFA, 0x48, (byte) 0x89, (byte) 0xE0, (byte) 0xC3};
    /** bti c; mov x0, sp; ret. */
    private static final byte[] AARCH64 = {0x5F, 0x24, 0x03, (byte) 0xD5, (byte) 0xE0, 0x03, 0x00, (byte) 0x91,
        (byte) 0xC0, 0x03, 0x5F, (byte) 0xD6};
    /** pthread_attr_t has 56 bytes on x86-64, 64 on arm64, in both of the usual C libraries. */
    private static final int ATTRIBUTES_BYTES = 128;
    private static final int FROM = ATTRIBUTES_BYTES;
    private static final int LENGTH = FROM + Long.BYTES;

    private static final String FAILURE = prepare();

    private ThreadStack() {
    }

    /** Why stacks cannot be looked at here; null if they can. */
    public static String failure() {
        return FAILURE;
    }

    /** The stack pointer, some hundred bytes below the caller's frame; {@link #UNKNOWN} if it cannot be read. */
    public static long pointer() {
        return FAILURE == null ? stackPointer() : UNKNOWN;
    }

    private static native long stackPointer();

    /** A number that no other platform thread alive has; of the carrier, if the thread is virtual. */
    public static long carrier() {
        return Linux.libc().pthread_self();
    }

    /**
     * The stack's lowest address, which takes a microsecond to find. {@link #UNKNOWN} for the thread that the process began with,
     * whose stack grows on demand and which a JVM bounds in its own way (the {@code java} command starts another for main).
     */
    public static long lowestAddress() {
        final LibC libc = Linux.libc();
        if (libc.getpid() == libc.gettid()) {
            return UNKNOWN;
        }
        final ByteBuffer memory = ByteBuffer.allocateDirect(LENGTH + Long.BYTES).order(ByteOrder.nativeOrder());
        final long address = BufferUtil.address(memory);
        long lowest = UNKNOWN;
        if (libc.pthread_getattr_np(libc.pthread_self(), address) == 0) {
            if (libc.pthread_attr_getstack(address, address + FROM, address + LENGTH) == 0) {
                lowest = memory.getLong(FROM);
            }
            libc.pthread_attr_destroy(address);
        }
        Reference.reachabilityFence(memory);
        return lowest;
    }

    private static String prepare() {
        final String architecture = System.getProperty("os.arch");
        final byte[] code = switch (architecture) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> null;
        };
        if (code == null) {
            return "no code for " + architecture;
        }
        NativeHalf.load();
        try {
            final PageManager pages = PageManager.getInstance();
            final long page = pages.allocatePages(1, PageManager.PROT_READ | PageManager.PROT_WRITE);
            MemoryIO.getInstance().putByteArray(page, code, 0, code.length);
            pages.protectPages(page, 1, PageManager.PROT_READ | PageManager.PROT_EXEC);
            NativeMethods.register(ThreadStack.class, List.of(new NativeMethod(page, "stackPointer", "()J")));
            final long pointer = stackPointer();
            final long lowest = lowestAddress();
            return pointer == UNKNOWN || lowest != UNKNOWN && pointer <= lowest ? "the stack pointer is not on the stack" : null;
        } catch (final RuntimeException | LinkageError e) {
            return e.toString();
        }
    }
}
