package io.holdfast.app.agent.choices;

import io.holdfast.replay.Choices;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/** Brings the classes {@code Chosen*} into {@code java.lang}, and connects them to {@link Choices}. Once a JVM. */
final class Bridge {
    /** Prefix of the names of the bridge's classes in this package. */
    static final String PREFIX = "Chosen";
    /** Prefix of their names in {@code java.lang}. */
    static final String NAME = "java/lang/Holdfast";
    /** The class that the others call comes last. */
    private static final String[] CLASSES = {"ChosenClock", "ChosenRandom", "ChosenDraws", "ChosenQueues", "ChosenTasks",
        "ChosenWaits", "ChosenResults", "ChosenValues"};
    private static final String HERE = Bridge.class.getPackageName().replace('.', '/') + "/" + PREFIX;

    private Bridge() {
    }

    /**
     * Needs {@code java.base/java.lang} opened to this module, as the agent does.
     *
     * @param local  a generator that is the host's own
     * @param asking makes one that asks, once {@link Choices} can be asked from there
     */
    static void install(final SecureRandom local, final Supplier<SecureRandom> asking) throws IOException,
        ReflectiveOperationException {
        final MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup());
        final Map<String, Class<?>> defined = new HashMap<>();
        for (final String name : CLASSES) {
            defined.put(name, lookup.defineClass(renamed(name)));
        }
        final Consumer<Object> handedOver = Choices::handedOver;
        final BiConsumer<Runnable, Boolean> runner = Choices::run;
        defined.get(ChoiceSites.TASKS).getField("handedOver").set(null, handedOver);
        defined.get(ChoiceSites.TASKS).getField("runner").set(null, runner);
        final BiConsumer<Object, Object> taken = Choices::taken;
        defined.get(ChoiceSites.QUEUES).getField("taken").set(null, taken);
        final LongPredicate skips = Choices::skips;
        final LongSupplier ahead = Choices::aheadNs;
        defined.get(ChoiceSites.WAITS).getField("skips").set(null, skips);
        defined.get(ChoiceSites.WAITS).getField("aheadNs").set(null, ahead);
        final Class<?> values = defined.get(ChoiceSites.VALUES);
        final ToLongBiFunction<Integer, LongSupplier> chooser = (kind, value) -> Choices.choose((int) kind, value);
        values.getField("chooser").set(null, chooser);
        final BiFunction<Integer, byte[], byte[]> results = (kind, own) -> Choices.result((int) kind, own);
        defined.get(ChoiceSites.RESULTS).getField("chooser").set(null, results);
        values.getField("localSecureRandom").set(null, local);
        values.getField("secureRandom").set(null, asking.get());
    }

    private static byte[] renamed(final String name) throws IOException {
        try (InputStream in = Bridge.class.getResourceAsStream(name + ".class")) {
            final ClassWriter writer = new ClassWriter(0);
            new ClassReader(in).accept(new ClassRemapper(writer, new Renaming()), 0);
            return writer.toByteArray();
        }
    }

    private static final class Renaming extends Remapper {
        Renaming() {
            super(org.objectweb.asm.Opcodes.ASM9);
        }

        @Override
        public String map(final String internalName) {
            return internalName.startsWith(HERE) ? NAME + internalName.substring(HERE.length()) : internalName;
        }
    }
}
