package io.holdfast.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.kenai.jffi.MemoryIO;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two ways to the C library do the same, with the same error at the same place. */
final class LibCTest {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final int O_WRONLY = 1;

    @TempDir
    Path dir;

    private static LibC way(final String name) {
        Linux.libc();
        return name.equals("early") ? new EarlyLibC() : CompiledLibC.compile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "compiled"})
    void shouldPassNumbersAndPointers(final String name) throws Exception {
        final LibC libc = way(name);
        final Path file = Files.writeString(dir.resolve("fäil"), "0123456789");
        final long memory = MEMORY.allocateMemory(64, true);
        try {
            final int fd = libc.open(file.toString(), Linux.O_RDWR | Linux.O_CLOEXEC);
            assertTrue(fd > 2, "fd " + fd);
            assertEquals(10, libc.read(fd, memory, 64));
            assertEquals('9', MEMORY.getByte(memory + 9));
            assertEquals(3, libc.write(fd, memory + 7, 3));
            MEMORY.putLong(memory + 32, memory + 5);
            MEMORY.putLong(memory + 40, 2);
            assertEquals(2, libc.writev(fd, memory + 32, 1));
            assertEquals(0, libc.close(fd));
            assertEquals("012345678978956", Files.readString(file));
        } finally {
            MEMORY.freeMemory(memory);
        }
        assertEquals(ProcessHandle.current().pid(), libc.getpid());
        assertEquals(-1, libc.syscall(Linux.SYS_CLOSE_RANGE, 1, 0, 0), "from 1 to 0");
        assertEquals(Linux.EINVAL, Linux.errno());
        assertNotEquals(0, libc.pthread_self());
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "compiled"})
    void shouldTellErrors(final String name) {
        final LibC libc = way(name);
        assertEquals(-1, libc.open(dir.resolve("none").toString(), O_WRONLY));
        assertEquals(Linux.ENOENT, Linux.errno());
        assertEquals(-1, libc.setsockopt(-1, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 0, 0));
        assertEquals(9, Linux.errno(), "EBADF");
        assertEquals(-1, libc.ppoll(0, 1, 0, 0));
        assertEquals(14, Linux.errno(), "EFAULT");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldCompileStubsSomeTimeAfterTheStart() throws Exception {
        while (Linux.libc() instanceof EarlyLibC) {
            Thread.sleep(20);
        }
        assertEquals(ProcessHandle.current().pid(), Linux.libc().getpid());
    }
}
