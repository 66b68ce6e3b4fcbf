package io.holdfast.app.agent.choices;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Methods that return what depends on when they are called and who called them before. */
public final class EveryChoiceOfResults implements Supplier<String> {
    static final String METHODS = String.join(";", "io.holdfast.app.agent.choices.EveryChoiceOfResults.text",
        " io.holdfast.app.agent.choices.EveryChoiceOfResults.bytes", "io.holdfast.app.agent.choices.EveryChoiceOfResults.number");

    private static final AtomicLong CALLS = new AtomicLong();

    @Override
    public String get() {
        return text(false) + " " + text(true) + " " + new String(bytes()) + " " + number() + " " + own() + count();
    }

    private static String text(final boolean none) {
        final long number = CALLS.incrementAndGet();
        if (none) {
            return null;
        }
        return System.currentTimeMillis() < 0 ? "never" : "x".repeat((int) (number % 7)) + number;
    }

    private static byte[] bytes() {
        return ("b" + CALLS.incrementAndGet()).getBytes();
    }

    private static long number() {
        return CALLS.incrementAndGet();
    }

    private static int count() {
        return 3;
    }

    private static String own() {
        return "own" + CALLS.incrementAndGet();
    }
}
