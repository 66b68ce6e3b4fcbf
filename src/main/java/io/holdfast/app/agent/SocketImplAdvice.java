package io.holdfast.app.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.net.SocketImpl;
import java.security.ProtectionDomain;
import java.util.function.Function;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes {@code SocketImpl.createPlatformSocketImpl}, where all sockets and server sockets of {@code java.net} come from
 * (those of SSL too), ask Holdfast first. The JDK's classes cannot see ours: between them stands a class of one static
 * field, defined in {@code java.net} itself.
 */
final class SocketImplAdvice {
    private static final String TARGET = "java/net/SocketImpl";
    private static final String METHOD = "createPlatformSocketImpl";
    private static final String DESCRIPTOR = "(Z)Ljava/net/SocketImpl;";
    private static final String HOOK = "java/net/HoldfastHook";
    private static final String FIELD = "socketImpls";
    private static final String FUNCTION = "java/util/function/Function";

    private SocketImplAdvice() {
    }

    static void install(final Instrumentation instrumentation, final Function<Boolean, SocketImpl> socketImpls)
        throws Exception {
        final Class<?> hook =
            MethodHandles.privateLookupIn(SocketImpl.class, MethodHandles.lookup()).defineClass(hookClass());
        hook.getField(FIELD).set(null, socketImpls);
        final Transformer transformer = new Transformer();
        instrumentation.addTransformer(transformer, true);
        try {
            instrumentation.retransformClasses(SocketImpl.class);
        } finally {
            instrumentation.removeTransformer(transformer);
        }
        if (transformer.failure != null) {
            throw new IllegalStateException("cannot advise java.net.SocketImpl", transformer.failure);
        }
        if (!transformer.found) {
            throw new IllegalStateException("this JDK (" + Runtime.version()
                + ") has no SocketImpl." + METHOD + ": java.net sockets cannot be served");
        }
    }

    private static byte[] hookClass() {
        final ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
            HOOK, null, "java/lang/Object", null);
        writer.visitField(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE, FIELD, "L" + FUNCTION + ";",
            null, null).visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** A transformer's exceptions are swallowed by the JVM, so it keeps its own. */
    private static final class Transformer implements ClassFileTransformer {
        private boolean found;
        private Throwable failure;

        @Override
        public byte[] transform(
            final ClassLoader loader,
            final String name,
            final Class<?> redefined,
            final ProtectionDomain domain,
            final byte[] bytes) {
            if (!TARGET.equals(name)) {
                return null;
            }
            try {
                final ClassReader reader = new ClassReader(bytes);
                final ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
                reader.accept(new Visitor(writer), 0);
                return writer.toByteArray();
            } catch (final Throwable e) {
                failure = e;
                return null;
            }
        }

        private final class Visitor extends ClassVisitor {
            Visitor(final ClassVisitor next) {
                super(Opcodes.ASM9, next);
            }

            @Override
            public MethodVisitor visitMethod(
                final int access,
                final String name,
                final String descriptor,
                final String signature,
                final String[] exceptions) {
                final MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                if (METHOD.equals(name) && DESCRIPTOR.equals(descriptor)) {
                    found = true;
                    return new AskFirst(next);
                }
                return next;
            }
        }
    }

    /** {@code if (hook != null) return (SocketImpl) hook.apply(server);} before everything else. */
    private static final class AskFirst extends MethodVisitor {
        AskFirst(final MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            final Label own = new Label();
            visitFieldInsn(Opcodes.GETSTATIC, HOOK, FIELD, "L" + FUNCTION + ";");
            visitJumpInsn(Opcodes.IFNULL, own);
            visitFieldInsn(Opcodes.GETSTATIC, HOOK, FIELD, "L" + FUNCTION + ";");
            visitVarInsn(Opcodes.ILOAD, 0);
            visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Boolean", "valueOf", "(Z)Ljava/lang/Boolean;", false);
            visitMethodInsn(Opcodes.INVOKEINTERFACE, FUNCTION, "apply", "(Ljava/lang/Object;)Ljava/lang/Object;", true);
            visitTypeInsn(Opcodes.CHECKCAST, TARGET);
            visitInsn(Opcodes.ARETURN);
            visitLabel(own);
            visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        }
    }
}
