package io.holdfast.app.agent.choices;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The whole list of replaced calls and their replacements. Keys are {@code owner.name descriptor} in the class file's own words.
 * A replacement is static and takes an instance method's receiver as its first argument, so that a method handle can be exchanged
 * as a call can.
 *
 * <p>Draws of {@code SecureRandom} are not listed, because the provider has them. Not followed at all: {@code Random} draws of a
 * {@code ThreadLocalRandom} held as a {@code Random}, generators of {@code RandomGeneratorFactory}, hash codes of
 * identity, the order of {@code Set.of}, clocks read by reflection or inside libraries of the JDK.
 */
final class ChoiceSites {
    /**
     * A static method that stands for another call.
     *
     * @param owner  one of the bridge's classes, by its name in this package
     * @param places whether there is another method whose name ends in At, and whose last argument is the place of the call, an
     *     int
     */
    record Target(String owner, String name, String descriptor, boolean places) {
        Target(final String owner, final String name, final String descriptor) {
            this(owner, name, descriptor, false);
        }
    }

    static final String VALUES = "ChosenValues";
    static final String DRAWS = "ChosenDraws";
    static final String TASKS = "ChosenTasks";
    static final String QUEUES = "ChosenQueues";
    static final String WAITS = "ChosenWaits";
    static final String RESULTS = "ChosenResults";
    /** Calls that give a task to an executor of any class: {@link #HAND_OVER} is called before. */
    static final String EXECUTE = "execute(Ljava/lang/Runnable;)V";
    static final Target HAND_OVER = new Target(TASKS, "handOver", "(Ljava/lang/Object;)V");
    private static final String RUNNABLE = "java/lang/Runnable";
    static final String RANDOM_CLASS = "java/util/Random";
    static final String DATE_CLASS = "java/util/Date";
    static final String SPLITTABLE_CLASS = "java/util/SplittableRandom";
    private static final String CONCURRENT = "java/util/concurrent/";
    private static final String THREAD_RANDOM = CONCURRENT + "ThreadLocalRandom";
    private static final List<String> BLOCKING_DEQUES = List.of("BlockingDeque", "LinkedBlockingDeque");
    private static final List<String> BLOCKING_QUEUES = List.of("BlockingQueue", "BlockingDeque", "TransferQueue",
        "ArrayBlockingQueue", "LinkedBlockingQueue",
        "LinkedBlockingDeque", "LinkedTransferQueue", "PriorityBlockingQueue", "SynchronousQueue");
    private static final String SECURE_RANDOM = "Ljava/security/SecureRandom;";
    private static final String CALENDAR = "Ljava/util/Calendar;";

    private final Map<String, Target> calls = new HashMap<>();
    private final Map<String, Target> constructors = new HashMap<>();
    private final Map<String, Target> localSecureRandom = new HashMap<>();
    private final Map<String, Target> generators = new HashMap<>();
    private final Map<String, Target> pools = new HashMap<>();
    private final boolean tasks;
    private final ChosenMethods methods;

    ChoiceSites(final ChoiceOptions options) {
        methods = ChosenMethods.of(options.methods());
        if (options.clock()) {
            clock();
        }
        if (options.waits()) {
            waits();
        }
        if (options.nano()) {
            callAtPlace("java/lang/System", "nanoTime", "()J", "nanos");
        }
        if (options.random()) {
            random();
        }
        tasks = !options.isNone();
        if (tasks) {
            final String run = key(RUNNABLE, "run", "()V");
            calls.put(run, new Target(TASKS, "run", "(L" + RUNNABLE + ";)V"));
            pools.put(run, new Target(TASKS, "runPooled", "(L" + RUNNABLE + ";)V"));
        }
        if (options.queues()) {
            queues();
        }
    }

    private void clock() {
        callAtPlace("java/lang/System", "currentTimeMillis", "()J", "millis");
        callAtPlace("java/time/Instant", "now", "()Ljava/time/Instant;", "instant");
        call("java/time/Clock", "systemUTC", "()Ljava/time/Clock;", "utc");
        call("java/time/Clock", "systemDefaultZone", "()Ljava/time/Clock;", "clock");
        call("java/time/Clock", "system", "(Ljava/time/ZoneId;)Ljava/time/Clock;", "clock");
        call("java/time/Clock", "tickMillis", "(Ljava/time/ZoneId;)Ljava/time/Clock;", "tickMillis");
        call("java/time/Clock", "tickSeconds", "(Ljava/time/ZoneId;)Ljava/time/Clock;", "tickSeconds");
        call("java/time/Clock", "tickMinutes", "(Ljava/time/ZoneId;)Ljava/time/Clock;", "tickMinutes");
        for (final String type : new String[] {"LocalDate", "LocalTime", "LocalDateTime", "ZonedDateTime",
            "OffsetDateTime", "OffsetTime", "Year", "YearMonth", "MonthDay"}) {
            final String owner = "java/time/" + type;
            final String name = Character.toLowerCase(type.charAt(0)) + type.substring(1);
            call(owner, "now", "()L" + owner + ";", name);
            call(owner, "now", "(Ljava/time/ZoneId;)L" + owner + ";", name);
        }
        for (final String arguments : new String[] {"", "Ljava/util/TimeZone;", "Ljava/util/Locale;",
            "Ljava/util/TimeZone;Ljava/util/Locale;"}) {
            call("java/util/Calendar", "getInstance", "(" + arguments + ")" + CALENDAR, "calendar");
        }
        constructors.put(DATE_CLASS, new Target(VALUES, "date", "()L" + DATE_CLASS + ";"));
    }

    /** Comes before {@code nano}, whose readings are the primary's. */
    private void waits() {
        calls.put(key("java/lang/System", "nanoTime", "()J"), new Target(WAITS, "nanos", "()J"));
        for (final String arguments : new String[] {"(J)V", "(JI)V", "(Ljava/time/Duration;)V"}) {
            calls.put(key("java/lang/Thread", "sleep", arguments), new Target(WAITS, "sleep", arguments));
        }
        final String unit = "java/util/concurrent/TimeUnit";
        calls.put(key(unit, "sleep", "(J)V"), new Target(WAITS, "sleep", "(L" + unit + ";J)V"));
        for (final String arguments : new String[] {"(J)V", "(Ljava/lang/Object;J)V"}) {
            calls.put(key("java/util/concurrent/locks/LockSupport", "parkNanos", arguments),
                new Target(WAITS, "parkNanos", arguments));
        }
    }

    private void random() {
        callAtPlace("java/lang/Math", "random", "()D", "draw");
        callAtPlace("java/lang/StrictMath", "random", "()D", "draw");
        call("java/util/UUID", "randomUUID", "()Ljava/util/UUID;", "randomUuid");
        call("java/util/Collections", "shuffle", "(Ljava/util/List;)V", "shuffle");
        for (final String draw : new String[] {"nextInt()I", "nextInt(I)I", "nextInt(II)I", "nextLong()J", "nextLong(J)J",
            "nextLong(JJ)J", "nextBoolean()Z", "nextFloat()F", "nextDouble()D", "nextDouble(D)D", "nextDouble(DD)D",
            "nextGaussian()D", "nextBytes([B)V"}) {
            final int bracket = draw.indexOf('(');
            final String name = draw.substring(0, bracket);
            final String descriptor = draw.substring(bracket);
            calls.put(key(THREAD_RANDOM, name, descriptor),
                new Target(DRAWS, name, "(L" + THREAD_RANDOM + ";" + descriptor.substring(1), true));
        }
        constructors.put(RANDOM_CLASS, new Target(VALUES, "random", "()L" + RANDOM_CLASS + ";"));
        constructors.put(SPLITTABLE_CLASS, new Target(VALUES, "splittableRandom", "()L" + SPLITTABLE_CLASS + ";"));
        localSecureRandom.put(key("sun/security/jca/JCAUtil", "getSecureRandom", "()Ljava/security/SecureRandom;"),
            new Target(VALUES, "localSecureRandom", "()Ljava/security/SecureRandom;"));
        for (final String field : new String[] {"sun/security/jca/JCAUtil$CachedSecureRandomHolder.instance",
            "sun/security/jca/JCAUtil.def", "com/sun/crypto/provider/SunJCE$SecureRandomHolder.RANDOM",
            "javax/crypto/JceSecurity.RANDOM"}) {
            generators.put(field + SECURE_RANDOM, new Target(VALUES, "secureRandom", SECURE_RANDOM));
        }
    }

    private void queues() {
        for (final String type : BLOCKING_QUEUES) {
            queueCalls(type, "BlockingQueue", "add(E)Z put(E)V offer(E)Z offer(ET)Z take()E poll()E poll(T)E");
        }
        for (final String type : BLOCKING_DEQUES) {
            queueCalls(type, "BlockingDeque", "addFirst(E)V addLast(E)V putFirst(E)V putLast(E)V offerFirst(E)Z offerLast(E)Z "
                + "takeFirst()E takeLast()E pollFirst()E pollFirst(T)E pollLast()E");
        }
    }

    /** @param list with E for an element, and T for a time and its unit */
    private void queueCalls(final String type, final String as, final String list) {
        final String timed = "JL" + CONCURRENT + "TimeUnit;";
        for (final String call : list.split(" ")) {
            final int bracket = call.indexOf('(');
            final String name = call.substring(0, bracket);
            final String descriptor = call.substring(bracket + 1).replace("E", "Ljava/lang/Object;").replace("T", timed);
            calls.put(key(CONCURRENT + type, name, "(" + descriptor),
                new Target(QUEUES, name, "(L" + CONCURRENT + as + ";" + descriptor));
        }
    }

    private void call(final String owner, final String name, final String descriptor, final String instead) {
        calls.put(key(owner, name, descriptor), new Target(VALUES, instead, descriptor));
    }

    private void callAtPlace(final String owner, final String name, final String descriptor, final String instead) {
        calls.put(key(owner, name, descriptor), new Target(VALUES, instead, descriptor, true));
    }

    static String key(final String owner, final String name, final String descriptor) {
        return owner + "." + name + descriptor;
    }

    /** Returns the replacements of calls in a class; empty if the class is none of {@link Followers}. */
    Map<String, Target> callsIn(final Followers.Part part) {
        return switch (part) {
            case CHOOSES -> calls;
            case STAYS_LOCAL -> localSecureRandom;
            case RUNS_TASKS -> pools;
            case GIVES_TASKS, HAS_GENERATOR, NOTHING -> Map.of();
        };
    }

    /** Do its calls of that name and descriptor, of whichever class, give tasks to others? */
    boolean handsOver(final Followers.Part part, final String call) {
        return tasks && call.equals(EXECUTE)
            && (part == Followers.Part.CHOOSES || part == Followers.Part.GIVES_TASKS || part == Followers.Part.RUNS_TASKS);
    }

    /** Static fields that are read elsewhere in that class, by owner, name and descriptor. */
    Map<String, Target> fieldsIn(final Followers.Part part) {
        return part == Followers.Part.HAS_GENERATOR ? generators : Map.of();
    }

    /** Returns the class's methods whose results are choices; null for none. */
    ChosenMethods methodsIn(final Followers.Part part, final String type) {
        return tasks && part == Followers.Part.CHOOSES && methods.areIn(type) ? methods : null;
    }

    /** By class: the method that replaces its constructor without arguments. */
    Map<String, Target> constructorsIn(final Followers.Part part) {
        return part == Followers.Part.CHOOSES ? constructors : Map.of();
    }
}
