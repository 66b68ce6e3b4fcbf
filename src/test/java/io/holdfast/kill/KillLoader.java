package io.holdfast.kill;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads copies of Holdfast's classes with a {@link KillPoint} wherever an error can come: where a method begins (no stack left),
 * before an allocation (no memory left), where a method returns and a loop goes round (an error that another thread sends: the
 * JVM delivers those where it polls). Classes of the test, links included, and class initializers are not changed.
 */
public final class KillLoader extends ClassLoader {
    private static final String ROOT = "io.holdfast.";
    private static final List<String> INSTRUMENTED = List.of("buffer", "config", "counters", "icmp", "ip", "ip.neighbor",
        "ip.reassembly", "replay", "replication", "replication.log", "socket", "stack", "tcp", "tcp.congestion", "tcp.recovery",
        "timer", "udp", "util", "wire");

    public KillLoader() {
        super(KillLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ROOT) || name.startsWith(KillPoint.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(final String name) throws ClassNotFoundException {
        final String path = name.replace('.', '/') + ".class";
        final URL place = getParent().getResource(path);
        if (place == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = place.openStream()) {
            byte[] bytes = in.readAllBytes();
            final String room = name.substring(ROOT.length(), Math.max(ROOT.length(), name.lastIndexOf('.')));
            if (INSTRUMENTED.contains(room) && !place.getPath().contains("test-classes")) {
                bytes = instrumented(bytes);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] instrumented(final byte[] bytes) {
        final ClassReader reader = new ClassReader(bytes);
        final ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor, final String signature,
                final String[] exceptions) {
                final MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                return next == null || name.equals("<clinit>") ? next : new Marker(next);
            }
        }, 0);
        return writer.toByteArray();
    }

    private static final class Marker extends MethodVisitor {
        private final Set<Label> behind = new HashSet<>();

        Marker(final MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void mark() {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, "io/holdfast/kill/KillPoint", "at", "()V", false);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            mark();
        }

        @Override
        public void visitLabel(final Label label) {
            behind.add(label);
            super.visitLabel(label);
        }

        @Override
        public void visitJumpInsn(final int opcode, final Label label) {
            if (behind.contains(label)) {
                mark();
            }
            super.visitJumpInsn(opcode, label);
        }

        @Override
        public void visitInsn(final int opcode) {
            if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
                mark();
            }
            super.visitInsn(opcode);
        }

        @Override
        public void visitTypeInsn(final int opcode, final String type) {
            super.visitTypeInsn(opcode, type);
            // Behind it: frames know an object without its constructor by the place of its instruction.
            if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
                mark();
            }
        }

        @Override
        public void visitIntInsn(final int opcode, final int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                mark();
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitInvokeDynamicInsn(final String name, final String descriptor, final org.objectweb.asm.Handle bootstrap,
            final Object... arguments) {
            mark();
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }
    }
}
