package io.holdfast.app.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.net.SocketImpl;
import java.security.ProtectionDomain;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes methods of the JDK ask Holdfast first ({@link Place}). The JDK's classes cannot see ours; a class of static fields,
 * defined in {@code java.net} itself, stands between them.
 *
 * <p>The transformer stays registered: the JVM starts from the original class whenever another agent retransforms one, and would
 * lose the changes of a transformer that is gone. Any thread.
 */
final class JdkAdvice implements ClassFileTransformer {
    static final String HOOK = "java/net/HoldfastHook";
    static final String FUNCTION = "Ljava/util/function/Function;";

    /** Arrays: while the JVM loads a class, nothing here may need another of the JDK's that is not loaded yet. */
    private final Place[] wanted;
    private final boolean[] found = new boolean[Place.values().length];
    private volatile Throwable failure;

    private JdkAdvice(final Set<Place> wanted) {
        this.wanted = wanted.toArray(Place[]::new);
    }

    /**
     * Needs {@code java.base/java.net} opened to this module. May be called once in a JVM.
     *
     * @param answers an answer of null leaves the JDK to do what it does without Holdfast
     * @throws IllegalStateException if this JDK has no such method
     */
    static void install(final Instrumentation instrumentation, final Map<Place, Function<Object, Object>> answers) {
        final JdkAdvice advice = new JdkAdvice(answers.keySet());
        try {
            final Class<?> hook =
                MethodHandles.privateLookupIn(SocketImpl.class, MethodHandles.lookup()).defineClass(hookClass());
            for (final Map.Entry<Place, Function<Object, Object>> answer : answers.entrySet()) {
                hook.getField(answer.getKey().field()).set(null, answer.getValue());
            }
            instrumentation.addTransformer(advice, true);
            instrumentation.retransformClasses(advice.types());
        } catch (final ReflectiveOperationException | UnmodifiableClassException e) {
            throw new IllegalStateException("this JDK's sockets cannot be put on the stack", e);
        }
        advice.requireFound();
    }

    private Class<?>[] types() throws ClassNotFoundException {
        final Set<Class<?>> types = new LinkedHashSet<>();
        for (final Place place : wanted) {
            types.add(Class.forName(place.typeName(), false, null));
        }
        return types.toArray(Class<?>[]::new);
    }

    private void requireFound() {
        if (failure != null) {
            throw new IllegalStateException("this JDK's sockets cannot be put on the stack", failure);
        }
        for (final Place place : wanted) {
            if (!found[place.ordinal()]) {
                throw new IllegalStateException("this JDK (" + Runtime.version() + ") has no " + place
                    + ": sockets cannot be put on the stack");
            }
        }
    }

    private static byte[] hookClass() {
        final ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
            HOOK, null, "java/lang/Object", null);
        for (final Place place : Place.values()) {
            writer.visitField(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE, place.field(), FUNCTION, null, null)
                .visitEnd();
        }
        writer.visitEnd();
        return writer.toByteArray();
    }

    @Override
    public byte[] transform(
        final ClassLoader loader,
        final String name,
        final Class<?> redefined,
        final ProtectionDomain domain,
        final byte[] bytes) {
        if (loader != null || name == null || !isWanted(name)) {
            return null;
        }
        try {
            final ClassReader reader = new ClassReader(bytes);
            final ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new Visitor(name, writer), 0);
            return writer.toByteArray();
        } catch (final Throwable e) {
            // The JVM would swallow it.
            failure = e;
            System.err.println("holdfast: " + name.replace('/', '.') + " cannot be put on the stack: " + e);
            return null;
        }
    }

    private boolean isWanted(final String name) {
        for (final Place place : wanted) {
            if (place.type().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private final class Visitor extends ClassVisitor {
        private final String type;

        Visitor(final String type, final ClassVisitor next) {
            super(Opcodes.ASM9, next);
            this.type = type;
        }

        @Override
        public MethodVisitor visitMethod(
            final int access,
            final String name,
            final String descriptor,
            final String signature,
            final String[] exceptions) {
            final MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            for (final Place place : wanted) {
                if (place.is(type, name, descriptor)) {
                    found[place.ordinal()] = true;
                    return new Question(place, next);
                }
            }
            return next;
        }
    }
}
