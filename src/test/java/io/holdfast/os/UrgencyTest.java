package io.holdfast.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's view of a thread whose priority was raised. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class UrgencyTest {
    /** Field of /proc/PID/stat, counted behind the name: see proc(5). */
    private static final int NICE = 16;
    private static final int POLICY = 38;
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_RR = 2;

    private record Raised(Urgency urgency, int policy, int nice, int policyOfChild) {
    }

    @Test
    void shouldSayWhatTheKernelHasGranted() throws Exception {
        final CompletableFuture<Raised> answer = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                final Urgency urgency = Urgency.raise();
                final CompletableFuture<Integer> child = new CompletableFuture<>();
                new Thread(() -> child.complete(own(POLICY))).start();
                answer.complete(new Raised(urgency, own(POLICY), own(NICE), child.join()));
            } catch (final Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        thread.start();
        final Raised raised = answer.get();
        assertEquals(SCHED_OTHER, raised.policyOfChild);
        switch (raised.urgency) {
            case REAL_TIME -> assertEquals(SCHED_RR, raised.policy);
            case PREFERRED -> assertTrue(raised.policy == SCHED_OTHER && raised.nice < 0, raised.toString());
            default -> assertTrue(raised.policy == SCHED_OTHER && raised.nice >= 0, raised.toString());
        }
    }

    private static int own(final int field) {
        try {
            final String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ")[field]);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
