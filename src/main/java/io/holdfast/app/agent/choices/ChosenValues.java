package io.holdfast.app.agent.choices;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;

/**
 * Methods that rewritten call sites call. Loaded as {@code java.lang.HoldfastValues}; see the package. Each method replaces the
 * one that {@link ChoiceSites} pairs it with, and has the same arguments and result.
 */
public final class ChosenValues {
    /** Chooses, given the kind and the local value. Set before anything is rewritten. */
    public static volatile ToLongBiFunction<Integer, LongSupplier> chooser;
    /** Stays the host's own. */
    public static volatile SecureRandom localSecureRandom;
    /** Asks; null where randomness does not follow. */
    public static volatile SecureRandom secureRandom;

    // The kinds of io.holdfast.replay.Choices, which cannot be named from java.base; constants of the compiler's, so equal.
    private static final Integer MILLIS = io.holdfast.replay.Choices.CURRENT_TIME_MILLIS;
    private static final Integer NANOS = io.holdfast.replay.Choices.NANO_TIME;
    private static final Integer INSTANT = io.holdfast.replay.Choices.INSTANT;
    private static final Integer DRAW = io.holdfast.replay.Choices.RANDOM;
    private static final Integer SEED = io.holdfast.replay.Choices.RANDOM_SEED;

    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final LongSupplier LOCAL_MILLIS = System::currentTimeMillis;
    private static final LongSupplier LOCAL_NANOS = System::nanoTime;
    private static final LongSupplier LOCAL_INSTANT = ChosenValues::localInstant;
    private static final LongSupplier LOCAL_DRAW = () -> Double.doubleToRawLongBits(Math.random());
    private static final LongSupplier LOCAL_SEED = () -> new Random().nextLong();

    private ChosenValues() {
    }

    // --- clock ---

    /** @param place what {@link io.holdfast.replay.ChoiceKind#at} makes of the place of the call, and no kind */
    public static long millisAt(final int place) {
        return chooser.applyAsLong(MILLIS | place, LOCAL_MILLIS);
    }

    public static long nanosAt(final int place) {
        return chooser.applyAsLong(NANOS | place, LOCAL_NANOS);
    }

    public static Instant instantAt(final int place) {
        return instantOf(chooser.applyAsLong(INSTANT | place, LOCAL_INSTANT));
    }

    public static long millis() {
        return chooser.applyAsLong(MILLIS, LOCAL_MILLIS);
    }

    public static long nanos() {
        return chooser.applyAsLong(NANOS, LOCAL_NANOS);
    }

    private static long localInstant() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * NS_PER_SECOND + now.getNano();
    }

    public static Instant instant() {
        return instantOf(chooser.applyAsLong(INSTANT, LOCAL_INSTANT));
    }

    private static Instant instantOf(final long ns) {
        return Instant.ofEpochSecond(Math.floorDiv(ns, NS_PER_SECOND), Math.floorMod(ns, NS_PER_SECOND));
    }

    public static Clock utc() {
        return new ChosenClock(java.time.ZoneOffset.UTC);
    }

    public static Clock clock() {
        return new ChosenClock(ZoneId.systemDefault());
    }

    public static Clock clock(final ZoneId zone) {
        return new ChosenClock(zone);
    }

    public static Clock tickMillis(final ZoneId zone) {
        return Clock.tick(clock(zone), Duration.ofMillis(1));
    }

    public static Clock tickSeconds(final ZoneId zone) {
        return Clock.tick(clock(zone), Duration.ofSeconds(1));
    }

    public static Clock tickMinutes(final ZoneId zone) {
        return Clock.tick(clock(zone), Duration.ofMinutes(1));
    }

    public static LocalDate localDate() {
        return LocalDate.now(clock());
    }

    public static LocalDate localDate(final ZoneId zone) {
        return LocalDate.now(clock(zone));
    }

    public static LocalTime localTime() {
        return LocalTime.now(clock());
    }

    public static LocalTime localTime(final ZoneId zone) {
        return LocalTime.now(clock(zone));
    }

    public static LocalDateTime localDateTime() {
        return LocalDateTime.now(clock());
    }

    public static LocalDateTime localDateTime(final ZoneId zone) {
        return LocalDateTime.now(clock(zone));
    }

    public static ZonedDateTime zonedDateTime() {
        return ZonedDateTime.now(clock());
    }

    public static ZonedDateTime zonedDateTime(final ZoneId zone) {
        return ZonedDateTime.now(clock(zone));
    }

    public static OffsetDateTime offsetDateTime() {
        return OffsetDateTime.now(clock());
    }

    public static OffsetDateTime offsetDateTime(final ZoneId zone) {
        return OffsetDateTime.now(clock(zone));
    }

    public static OffsetTime offsetTime() {
        return OffsetTime.now(clock());
    }

    public static OffsetTime offsetTime(final ZoneId zone) {
        return OffsetTime.now(clock(zone));
    }

    public static Year year() {
        return Year.now(clock());
    }

    public static Year year(final ZoneId zone) {
        return Year.now(clock(zone));
    }

    public static YearMonth yearMonth() {
        return YearMonth.now(clock());
    }

    public static YearMonth yearMonth(final ZoneId zone) {
        return YearMonth.now(clock(zone));
    }

    public static MonthDay monthDay() {
        return MonthDay.now(clock());
    }

    public static MonthDay monthDay(final ZoneId zone) {
        return MonthDay.now(clock(zone));
    }

    public static Date date() {
        return new Date(millis());
    }

    public static Calendar calendar() {
        return now(Calendar.getInstance());
    }

    public static Calendar calendar(final TimeZone zone) {
        return now(Calendar.getInstance(zone));
    }

    public static Calendar calendar(final Locale locale) {
        return now(Calendar.getInstance(locale));
    }

    public static Calendar calendar(final TimeZone zone, final Locale locale) {
        return now(Calendar.getInstance(zone, locale));
    }

    private static Calendar now(final Calendar calendar) {
        calendar.setTimeInMillis(millis());
        return calendar;
    }

    // --- randomness ---

    /** {@code Math.random}. */
    public static double draw() {
        return Double.longBitsToDouble(chooser.applyAsLong(DRAW, LOCAL_DRAW));
    }

    public static double drawAt(final int place) {
        return Double.longBitsToDouble(draw(place, LOCAL_DRAW));
    }

    static long draw(final int place, final LongSupplier local) {
        return chooser.applyAsLong(DRAW | place, local);
    }

    public static long seed() {
        return chooser.applyAsLong(SEED, LOCAL_SEED);
    }

    public static Random random() {
        return new ChosenRandom();
    }

    public static Random randomAt(final int place) {
        return new ChosenRandom(place);
    }

    public static SplittableRandom splittableRandom() {
        return new SplittableRandom(seed());
    }

    public static void shuffle(final List<?> list) {
        Collections.shuffle(list, new ChosenRandom());
    }

    /** Replaces {@code UUID.randomUUID}, whose own generator may be older than the agent's provider. */
    public static UUID randomUuid() {
        final byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        final long most = java.nio.ByteBuffer.wrap(bytes).getLong(0);
        final long least = java.nio.ByteBuffer.wrap(bytes).getLong(8);
        return new UUID(most & ~0xF000L | 0x4000L, least & ~(3L << 62) | 1L << 63);
    }

    public static SecureRandom localSecureRandom() {
        return localSecureRandom;
    }
}
