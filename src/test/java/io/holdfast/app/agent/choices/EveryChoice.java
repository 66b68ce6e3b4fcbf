package io.holdfast.app.agent.choices;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A program that asks the clock and the generators in every way that is followed. Knows nothing of Holdfast. */
public final class EveryChoice implements Supplier<String> {
    private static final Random SHARED = new Random();
    private static final Clock CLOCK = Clock.systemUTC();

    private static final class Stamped extends Date {
        private static final long serialVersionUID = 1;
    }

    private static final class OwnRandom extends Random {
        private static final long serialVersionUID = 1;

        private OwnRandom() {
            super();
            setSeed(5);
        }
    }

    @Override
    public String get() {
        final StringBuilder text = new StringBuilder();
        clocks(text);
        calendars(text);
        handles(text);
        generators(text);
        secure(text);
        return text.toString();
    }

    static void clocks(final StringBuilder text) {
        line(text, "currentTimeMillis", System.currentTimeMillis());
        line(text, "Instant", Instant.now());
        line(text, "Clock", CLOCK.millis() + " " + CLOCK.instant());
        line(text, "Clock zone", Clock.system(ZoneId.of("Asia/Tokyo")).instant());
        line(text, "Clock seconds", Clock.tickSeconds(ZoneOffset.UTC).instant());
        line(text, "LocalDateTime", LocalDateTime.now());
        line(text, "ZonedDateTime", ZonedDateTime.now(ZoneOffset.UTC));
        line(text, "OffsetDateTime", OffsetDateTime.now(ZoneId.of("Europe/Paris")));
    }

    static void calendars(final StringBuilder text) {
        line(text, "Date", new Date().getTime());
        line(text, "Date of another day", new Date(5).getTime());
        line(text, "Date's subclass", new Stamped().getTime());
        line(text, "Calendar", Calendar.getInstance(TimeZone.getTimeZone("UTC")).getTimeInMillis());
    }

    static void handles(final StringBuilder text) {
        final LongSupplier millis = System::currentTimeMillis;
        final Supplier<Date> dates = Date::new;
        final Function<ZoneId, ZonedDateTime> zoned = ZonedDateTime::now;
        final DoubleSupplier draws = Math::random;
        final Supplier<Random> randoms = Random::new;
        final IntUnaryOperator bounded = ThreadLocalRandom.current()::nextInt;
        final Function<ThreadLocalRandom, Long> unbound = ThreadLocalRandom::nextLong;
        line(text, "handles", millis.getAsLong() + " " + dates.get().getTime() + " " + zoned.apply(ZoneOffset.UTC) + " "
            + draws.getAsDouble() + " " + randoms.get().nextLong() + " " + bounded.applyAsInt(1 << 30) + " "
            + unbound.apply(ThreadLocalRandom.current()));
    }

    static void generators(final StringBuilder text) {
        line(text, "Math.random", Math.random());
        line(text, "Random", new Random().nextLong());
        line(text, "Random, shared", SHARED.nextInt() + " " + SHARED.nextGaussian() + " " + SHARED.nextInt(1_000_000));
        line(text, "Random, seeded", new Random(5).nextLong() + " " + new OwnRandom().nextLong());
        line(text, "SplittableRandom", new SplittableRandom().nextLong());
        line(text, "ThreadLocalRandom", ThreadLocalRandom.current().nextLong() + " "
            + ThreadLocalRandom.current().nextDouble() + " " + ThreadLocalRandom.current().nextInt(5, 1_000_000));
        final byte[] bytes = new byte[11];
        ThreadLocalRandom.current().nextBytes(bytes);
        line(text, "ThreadLocalRandom bytes", HexFormat.of().formatHex(bytes));
        final List<Integer> cards = new ArrayList<>();
        for (int i = 0; i < 52; i++) {
            cards.add(i);
        }
        Collections.shuffle(cards);
        line(text, "shuffled", cards);
        // A branch around a constructor: frames before and after it.
        final Random either = text.length() > 3 ? new Random() : new Random(text.length());
        line(text, "either", either.nextLong());
    }

    static void secure(final StringBuilder text) {
        final byte[] bytes = new byte[20];
        new SecureRandom().nextBytes(bytes);
        line(text, "SecureRandom", HexFormat.of().formatHex(bytes) + " " + new SecureRandom().nextLong());
        line(text, "UUID", UUID.randomUUID());
    }

    private static void line(final StringBuilder text, final String name, final Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }
}
