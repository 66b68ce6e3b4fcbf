package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for the baton, for somebody who has other duties. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ShardCallTest {
    @Test
    void shouldLetTheCallerDoSomethingElseWhileAnotherHasTheBaton() throws Exception {
        final LinkCapabilities ethernet = LinkCapabilities.plainEthernet(1500, 0x02_00_00_00_00_01L);
        final Shard shard = StackStart.start(new StackConfig().threading(StackConfig.Threading.BATON)
            .link(MemoryLink.pair(ethernet, ethernet).left()).address(IpAddress.parse("10.0.0.1")).prefixLength(24)
            .random(new SeededRandom(1)), null);
        final CountDownLatch held = new CountDownLatch(1);
        final CountDownLatch enough = new CountDownLatch(1);
        final Thread holder = new Thread(() -> shard.call(() -> {
            held.countDown();
            return awaited(enough);
        }));
        try {
            holder.start();
            held.await();
            final AtomicInteger meanwhile = new AtomicInteger();
            final int result = shard.call(() -> 7, () -> {
                if (meanwhile.incrementAndGet() == 3) {
                    enough.countDown();
                }
            });
            assertEquals(7, result);
            assertTrue(meanwhile.get() >= 3, "done only " + meanwhile + " times");
        } finally {
            enough.countDown();
            holder.join();
            shard.close();
            shard.terminate();
        }
    }

    private static boolean awaited(final CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
