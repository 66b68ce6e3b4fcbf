package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random worlds in which a host of the pair dies at random. */
public final class CrashWorldsTest {
    private static final long MS = 1_000_000L;

    public static void main(final String[] args) {
        final long from = Long.parseLong(args[0]);
        final long to = Long.parseLong(args[1]);
        final int crashes = Integer.parseInt(args[2]);
        final Long only = Long.getLong("holdfast.sim.crash");
        final Map<String, List<String>> failures = new ConcurrentHashMap<>();
        final AtomicInteger runs = new AtomicInteger();
        LongStream.range(from, to).parallel().forEach(seed -> {
            for (int crash = -1; crash < crashes; crash++) {
                if (only != null && only != crash) {
                    continue;
                }
                try {
                    runs.incrementAndGet();
                    play(seed, crash);
                } catch (final Throwable e) {
                    if (only != null) {
                        e.printStackTrace();
                    }
                    String what = String.valueOf(e);
                    what = what.replaceAll("[0-9]+", "#");
                    what = what.substring(0, Math.min(100, what.length()));
                    failures.computeIfAbsent(what, k -> new ArrayList<>()).add(seed + "/" + crash + " " + e);
                }
            }
        });
        System.out.println(runs + " runs");
        new TreeMap<>(failures).forEach((what, list) -> {
            list.sort((a, b) -> Integer.compare(a.length(), b.length()));
            System.out.println(list.size() + " x " + what);
            list.stream().limit(3).forEach(l -> System.out.println("        " + l.substring(0, Math.min(700, l.length()))));
        });
    }

    /** Crash -1: none. Others are placed by the world's events and by chance. */
    static Drama.Outcome play(final long seed, final int crash) {
        final Scenario scenario = Scenario.random(new SeededRandom(seed));
        if (crash < 0) {
            return Drama.play(scenario, seed, Drama.Death.NONE);
        }
        final SeededRandom random = new SeededRandom(seed * 1_000_003 + crash);
        final long detectNs = random.nextInt(3) == 0 ? 0 : random.nextInt(300) * MS;
        final boolean primary = random.nextInt(4) != 0;
        final long about = 1L << random.nextInt(9);
        return Drama.play(scenario, seed, new Drama.Death(primary, random.nextInt((int) about), random.nextInt(5) / 4.0,
            detectNs));
    }
}
