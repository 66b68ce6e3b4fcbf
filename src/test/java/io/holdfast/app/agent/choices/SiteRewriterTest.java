package io.holdfast.app.agent.choices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.Choices;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The rewriting itself, with the bridge's classes where they are written instead of in {@code java.lang}. */
class SiteRewriterTest {
    private static final String BRIDGE = ChosenValues.class.getName().replace('.', '/').replace("Values", "");
    private static final ChoiceOptions ALL = new ChoiceOptions(true, true, true, true, true,
        EveryChoiceOfResults.METHODS);

    private static final int SLEEPS_FOR_DURATIONS = 19;

    private final List<Throwable> failures = new ArrayList<>();
    private final Deque<Long> recorded = new ArrayDeque<>();
    private final Deque<byte[]> results = new ArrayDeque<>();
    private final Map<Integer, Integer> asked = new HashMap<>();
    private final List<Object> askedBy = new ArrayList<>();

    @BeforeEach
    void record() {
        ChosenValues.chooser = (kind, local) -> Choices.choose((int) kind, local);
        ChosenTasks.handedOver = Choices::handedOver;
        ChosenTasks.runner = Choices::run;
        ChosenQueues.taken = Choices::taken;
        ChosenResults.chooser = Choices::result;
        ChosenWaits.skips = Choices::skips;
        ChosenWaits.aheadNs = Choices::aheadNs;
        Choices.source(new Longs(true));
        Choices.serving("connection");
    }

    @AfterEach
    void forget() {
        Choices.serving(null);
        Choices.source(null);
        ChosenValues.chooser = null;
        ChosenTasks.handedOver = null;
        ChosenTasks.runner = null;
        ChosenQueues.taken = null;
        ChosenResults.chooser = null;
        ChosenWaits.skips = null;
        ChosenWaits.aheadNs = null;
    }

    /** Records or replays; SecureRandom is the provider's matter. */
    private final class Longs implements Choices.Source {
        private final boolean recording;

        Longs(final boolean recording) {
            this.recording = recording;
        }

        @Override
        public long choose(final Object connection, final int kind, final LongSupplier local) {
            asked.merge(ChoiceKind.withoutPlace(kind), 1, Integer::sum);
            askedBy.add(connection);
            if (!recording) {
                return recorded.remove();
            }
            // Far from the host's own clock, so that a reading that did not come by here is told apart.
            final long value = switch (ChoiceKind.withoutPlace(kind)) {
                case Choices.CURRENT_TIME_MILLIS -> 1_000_000_000_000L + recorded.size();
                case Choices.INSTANT -> 1_000_000_000_000_000_000L + recorded.size();
                default -> local.getAsLong();
            };
            recorded.add(value);
            return value;
        }

        @Override
        public byte[] result(final Object connection, final int kind, final byte[] own) {
            assertEquals(ChoiceKind.RESULT, ChoiceKind.withoutPlace(kind));
            if (recording) {
                results.add(own);
                return own;
            }
            return results.remove();
        }

        @Override
        public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
            throw new AssertionError("no provider is installed here");
        }
    }

    private ChoiceTransformer transformer(final ChoiceOptions options) {
        return new ChoiceTransformer(new ChoiceSites(options), new Followers(), BRIDGE, (name, e) -> failures.add(e));
    }

    private static byte[] bytes(final Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    /** Loads the program anew, each of its classes rewritten, and verified as any program's. */
    private final class Rewriting extends ClassLoader {
        private final ChoiceTransformer transformer;

        Rewriting(final ChoiceOptions options) {
            super(SiteRewriterTest.class.getClassLoader());
            transformer = transformer(options);
        }

        @Override
        protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                final Class<?> loaded = findLoadedClass(name);
                if (loaded != null || !name.startsWith(EveryChoice.class.getName())) {
                    return loaded != null ? loaded : super.loadClass(name, resolve);
                }
                try {
                    final byte[] before = bytes(Class.forName(name, false, getParent()));
                    final byte[] after = transformer.transform(this, name.replace('.', '/'), null, null, before);
                    final byte[] used = after == null ? before : after;
                    return defineClass(name, used, 0, used.length);
                } catch (final IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
    }

    private Supplier<String> program(final Rewriting loader) throws Exception {
        return program(EveryChoice.class, loader);
    }

    @SuppressWarnings("unchecked")
    private Supplier<String> program(final Class<?> what, final Rewriting loader) throws Exception {
        final Class<?> type = Class.forName(what.getName(), true, loader);
        return (Supplier<String>) type.getConstructor().newInstance();
    }

    /** The lines that are no SecureRandom's: those ask through the provider. */
    private static List<String> followed(final String text) {
        return Arrays.stream(text.split("\n")).filter(line -> !line.startsWith("SecureRandom") && !line.startsWith("UUID"))
            .toList();
    }

    @Test
    void shouldGiveARewrittenProgramTheSameAnswersAgain() throws Exception {
        final Rewriting loader = new Rewriting(ALL);
        final Supplier<String> program = program(loader);
        final List<String> first = followed(program.get());
        assertEquals(List.of(), failures);
        Choices.source(new Longs(false));
        assertEquals(first, followed(program.get()));
        assertTrue(recorded.isEmpty(), "left over: " + recorded);
        assertEquals(29, loader.transformer.rewrittenSites(), "as counted in the source of EveryChoice");
    }

    /** A method that reads the clock by itself, one of several returns, one that returns null, and one that is not named. */
    @Test
    void shouldGiveTheResultsOfNamedMethodsAgain() throws Exception {
        final Supplier<String> program = program(EveryChoiceOfResults.class, new Rewriting(ALL));
        final String first = program.get();
        assertEquals(List.of(), failures);
        assertEquals(3, results.size());
        assertEquals(1, recorded.size(), "a number, and no reading of the clock");
        Choices.source(new Longs(false));
        final String again = program.get();
        final int own = first.indexOf(" own");
        assertTrue(own > 0 && first.contains(" null b"), first);
        assertEquals(first.substring(0, own), again.substring(0, own));
        assertNotEquals(first, again, "what is not named is the program's own");
        Choices.serving(null);
        assertNotEquals(first.substring(0, own), program.get().substring(0, own), "of who serves nobody");
    }

    @Test
    void shouldRefuseMethodsThatCannotFollow() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> ChosenMethods.of("a.B.c;and so on"));
        program(EveryChoiceOfResults.class, new Rewriting(new ChoiceOptions(true, true, true, false, false,
            EveryChoiceOfResults.class.getName() + ".count;" + EveryChoiceOfResults.class.getName() + ".get")));
        assertEquals(1, failures.size());
        assertTrue(failures.get(0).getMessage().contains("count()I"), failures.get(0).getMessage());
    }

    @Test
    void shouldTakeEveryClockReadingFromTheChooser() throws Exception {
        final List<String> lines = followed(program(new Rewriting(new ChoiceOptions(true, false, false, false, false, ""))).get());
        final int clocks = lines.indexOf(lines.stream().filter(line -> line.startsWith("handles")).findFirst().orElseThrow());
        for (final String line : lines.subList(0, clocks)) {
            assertTrue(line.contains(": 10000000000") || line.contains("2001-09-09T") || line.equals("Date of another day: 5"),
                line);
        }
        assertTrue(lines.get(clocks).startsWith("handles: 10000000000") && lines.get(clocks).contains("2001-09-09T"),
            lines.get(clocks));
        assertFalse(asked.containsKey(Choices.RANDOM), "draws were not asked for");
    }

    /** Skips every wait. */
    private static final class Hasty implements Choices.Source {
        private long aheadNs;

        @Override
        public long choose(final Object connection, final int kind, final LongSupplier local) {
            return local.getAsLong();
        }

        @Override
        public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
            local.accept(bytes);
        }

        @Override
        public boolean skips(final Object connection, final long ns) {
            aheadNs += ns;
            return true;
        }

        @Override
        public long aheadNs(final Object connection) {
            return aheadNs;
        }
    }

    @Test
    @Timeout(60)
    void shouldLeaveOutEveryWaitAndCountItAsTimePassed() throws Exception {
        Choices.source(new Hasty());
        final Rewriting loader = new Rewriting(ChoiceOptions.parse("waits"));
        assertEquals("minutes: 60", program(EveryChoiceOfWaits.class, loader).get());
        assertEquals(8, loader.transformer.rewrittenSites(), "as counted in the source of EveryChoiceOfWaits");
    }

    @Test
    void shouldInterruptAWaitThatIsLeftOut() throws Exception {
        Choices.source(new Hasty());
        final Supplier<String> program = program(EveryChoiceOfWaits.class, new Rewriting(ALL));
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, program::get);
        assertFalse(Thread.interrupted());
    }

    @Test
    void shouldTellPlacesApart() throws Exception {
        final byte[] after = transformer(ALL).rewritten(Followers.Part.CHOOSES, bytes(EveryChoiceOfTasks.class));
        final List<Integer> places = new ArrayList<>();
        new ClassReader(after).accept(new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                final String signature, final String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitLdcInsn(final Object value) {
                        if (value instanceof Integer place) {
                            places.add(place);
                        }
                    }
                };
            }
        }, 0);
        assertEquals(3, places.size());
        assertEquals(3, new TreeSet<>(places).size(), places.toString());
        for (final int place : places) {
            assertEquals(0, ChoiceKind.withoutPlace(place));
            assertTrue(place > 0, "room for a sign was taken: " + place);
        }
    }

    /** The executor is the program's own, and so is the task's class. */
    @Test
    @SuppressWarnings("unchecked")
    void shouldServeInATaskWhomItsGiverServed() throws Exception {
        final Class<?> type = Class.forName(EveryChoiceOfTasks.class.getName(), true, new Rewriting(ALL));
        final Supplier<String> program = (Supplier<String>) type.getConstructor().newInstance();
        assertEquals(List.of(), failures);
        Choices.serving("first");
        program.get();
        Choices.serving(null);
        program.get();
        Choices.serving("second");
        program.get();
        Choices.serving(null);
        ((Runnable) program).run();
        assertEquals(List.of("first", "second"), askedBy);
        assertNull(Choices.served());
    }

    /** Elements are no tasks: what is done about them is done by who takes them. */
    @Test
    @SuppressWarnings("unchecked")
    void shouldServeWhomAnElementOfAQueueWasGivenFor() throws Exception {
        final Class<?> type = Class.forName(EveryChoiceOfQueues.class.getName(), true, new Rewriting(ALL));
        final Supplier<String> program = (Supplier<String>) type.getConstructor().newInstance();
        assertEquals(List.of(), failures);
        for (int i = 0; i < EveryChoiceOfQueues.WAYS; i++) {
            Choices.serving(i);
            program.get();
        }
        Choices.serving(null);
        ((Runnable) program).run();
        // In the order in which they are taken: of the deque, what was put first comes first.
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 8, 6, 9, 7), askedBy, program.toString());
    }

    @Test
    void shouldLeaveSeededGeneratorsAlone() throws Exception {
        program(new Rewriting(ALL)).get();
        recorded.clear();
        final ChosenRandom random = new ChosenRandom();
        random.setSeed(5);
        assertEquals(new java.util.Random(5).nextLong(), random.nextLong());
        assertEquals(0, recorded.size());
        assertNotEquals(new ChosenRandom().nextLong(), new ChosenRandom().nextLong());
        assertEquals(4, recorded.size());
    }

    @Test
    void shouldLeaveNoCallOfTheList() throws Exception {
        final ChoiceSites sites = new ChoiceSites(ALL);
        final byte[] before = bytes(EveryChoice.class);
        assertFalse(callsOf(before, sites).isEmpty());
        assertEquals(new TreeSet<>(), callsOf(transformer(ALL).rewritten(Followers.Part.CHOOSES, before), sites));
    }

    private static TreeSet<String> callsOf(final byte[] bytes, final ChoiceSites sites) {
        final TreeSet<String> found = new TreeSet<>();
        final Map<String, ChoiceSites.Target> listed = sites.callsIn(Followers.Part.CHOOSES);
        new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                final String signature, final String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(final int opcode, final String owner, final String called,
                        final String type, final boolean isInterface) {
                        add(ChoiceSites.key(owner, called, type));
                    }

                    @Override
                    public void visitInvokeDynamicInsn(final String called, final String type, final Handle bootstrap,
                        final Object... arguments) {
                        for (final Object argument : arguments) {
                            if (argument instanceof Handle handle) {
                                add(ChoiceSites.key(handle.getOwner(), handle.getName(), handle.getDesc()));
                            }
                        }
                    }

                    private void add(final String key) {
                        if (listed.containsKey(key)) {
                            found.add(key);
                        }
                    }
                };
            }
        }, 0);
        return found;
    }

    @Test
    void shouldExchangeTheGeneratorsThatTheJdkKeeps() throws Exception {
        for (final String name : new String[] {"sun.security.jca.JCAUtil", "com.sun.crypto.provider.SunJCE"}) {
            final byte[] after = transformer(ALL).rewritten(Followers.Part.HAS_GENERATOR, jdk(name));
            assertEquals(List.of(BRIDGE + "Values.secureRandom"), generatorsReadIn(after), name);
        }
    }

    private static byte[] jdk(final String name) throws IOException {
        try (InputStream in = Object.class.getModule().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    private static List<String> generatorsReadIn(final byte[] bytes) {
        final TreeSet<String> found = new TreeSet<>();
        new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                final String signature, final String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitFieldInsn(final int opcode, final String owner, final String field,
                        final String type) {
                        if (opcode == Opcodes.GETSTATIC && type.equals("Ljava/security/SecureRandom;")) {
                            found.add(owner + "." + field);
                        }
                    }
                };
            }
        }, 0);
        return List.copyOf(found);
    }

    @Test
    void shouldNotTouchAClassWithoutSites() throws Exception {
        assertNull(transformer(ALL).rewritten(Followers.Part.CHOOSES, bytes(ChosenClock.class)));
        assertNull(transformer(ALL).rewritten(Followers.Part.NOTHING, bytes(EveryChoice.class)));
        assertNull(transformer(ChoiceOptions.NONE).rewritten(Followers.Part.CHOOSES, bytes(EveryChoice.class)));
    }

    @Test
    void shouldReportAClassThatItCannotRead() {
        assertNull(transformer(ALL).transform(getClass().getClassLoader(), "a/B", null, null, new byte[] {1, 2, 3}));
        assertEquals(1, failures.size());
    }

    @Test
    void shouldPairOnlyMethodsThatExist() throws Exception {
        final Map<String, ChoiceSites.Target> calls = new ChoiceSites(ALL).callsIn(Followers.Part.CHOOSES);
        assertTrue(calls.size() > 40, "only " + calls.size());
        for (final Map.Entry<String, ChoiceSites.Target> pair : calls.entrySet()) {
            final String key = pair.getKey();
            final int dot = key.indexOf('.');
            final int bracket = key.indexOf('(');
            final String descriptor = key.substring(bracket);
            final Class<?> owner = Class.forName(key.substring(0, dot).replace('/', '.'));
            if (owner == Thread.class && descriptor.contains("Duration") && Runtime.version().feature() < SLEEPS_FOR_DURATIONS) {
                continue;
            }
            owner.getMethod(key.substring(dot + 1, bracket), parameters(descriptor));
            assertStands(pair.getValue(), Type.getReturnType(descriptor));
        }
        final Map<String, ChoiceSites.Target> constructors = new ChoiceSites(ALL).constructorsIn(Followers.Part.CHOOSES);
        assertEquals(3, constructors.size());
        for (final Map.Entry<String, ChoiceSites.Target> pair : constructors.entrySet()) {
            Class.forName(pair.getKey().replace('/', '.')).getConstructor();
            assertStands(pair.getValue(), Type.getObjectType(pair.getKey()));
        }
    }

    private static void assertStands(final ChoiceSites.Target target, final Type result) throws Exception {
        final Class<?> bridge = Class.forName(ChosenValues.class.getPackageName() + "." + target.owner());
        final java.lang.reflect.Method method = bridge.getMethod(target.name(), parameters(target.descriptor()));
        assertTrue(java.lang.reflect.Modifier.isStatic(method.getModifiers()), method.toString());
        assertEquals(result, Type.getType(method.getReturnType()), method.toString());
    }

    private static Class<?>[] parameters(final String descriptor) {
        return MethodType.fromMethodDescriptorString(descriptor, null).parameterArray();
    }

    @Test
    void shouldFollowTheProgramAndNotHoldfastNorTheJdk() {
        final Followers followers = new Followers();
        final ClassLoader loader = getClass().getClassLoader();
        assertEquals(Followers.Part.CHOOSES, of(followers, EveryChoice.class));
        assertEquals(Followers.Part.NOTHING, of(followers, ChosenValues.class));
        assertEquals(Followers.Part.NOTHING, of(followers, io.holdfast.config.StackConfig.class));
        assertEquals(Followers.Part.NOTHING, of(followers, org.agrona.BitUtil.class));
        assertEquals(Followers.Part.NOTHING, of(followers, java.util.UUID.class));
        assertEquals(Followers.Part.CHOOSES, followers.of(null, "sun/net/httpserver/ExchangeImpl", null));
        assertEquals(Followers.Part.NOTHING, followers.of(null, "sun/net/httpserver/ServerImpl$Dispatcher", null));
        assertEquals(Followers.Part.STAYS_LOCAL, followers.of(null, "sun/security/rsa/RSACore$BlindingParameters", null));
        assertEquals(Followers.Part.HAS_GENERATOR, followers.of(null, "sun/security/jca/JCAUtil", null));
        assertEquals(Followers.Part.HAS_GENERATOR, followers.of(null, "javax/crypto/KeyAgreement", null));
        assertEquals(Followers.Part.RUNS_TASKS, of(followers, java.util.concurrent.ThreadPoolExecutor.class));
        assertEquals(Followers.Part.GIVES_TASKS, of(followers, java.util.concurrent.AbstractExecutorService.class));
        assertEquals(Followers.Part.CHOOSES, followers.of(loader, "org/eclipse/jetty/server/Server", null));
    }

    private static Followers.Part of(final Followers followers, final Class<?> type) {
        return followers.of(type.getClassLoader(), type.getName().replace('.', '/'), type.getProtectionDomain());
    }
}
