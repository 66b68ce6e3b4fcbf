package io.holdfast.net;

import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketImpl;
import java.util.function.Function;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Makes what {@code java.net} takes for the platform's own sockets. The JDK tells its own from strangers' by the marker
 * interface {@code sun.net.PlatformSocketImpl}, which no source compiled against its API can name; so the marked subclass
 * of {@link HybridSocketImpl} is written at run time. Needs {@code java.base/sun.net} exported to this module.
 */
public final class Platforms {
    private static final String MARKER = "sun/net/PlatformSocketImpl";
    private static final String BASE = Type.getInternalName(HybridSocketImpl.class);
    private static final String NAME = BASE + "$Marked";
    private static final String CONSTRUCTOR = Type.getMethodDescriptor(Type.VOID_TYPE, Type.getType(HoldfastStack.class),
        Type.getType(AddressPolicy.class), Type.BOOLEAN_TYPE);

    private Platforms() {
    }

    /** Makes implementations; asked with true for a server's. */
    public static Function<Boolean, SocketImpl> socketImpls(final HoldfastStack stack, final AddressPolicy policy) {
        try {
            final Class<?> marked = MethodHandles.lookup().defineClass(markedClass());
            final MethodHandle constructor = MethodHandles.lookup()
                .findConstructor(marked, MethodType.methodType(void.class, HoldfastStack.class, AddressPolicy.class,
                    boolean.class))
                .asType(MethodType.methodType(SocketImpl.class, HoldfastStack.class, AddressPolicy.class, boolean.class));
            return server -> make(constructor, stack, policy, server);
        } catch (final ReflectiveOperationException | IllegalAccessError e) {
            throw new IllegalStateException("java.base/sun.net is not exported to Holdfast; its agent exports it", e);
        }
    }

    private static SocketImpl make(
        final MethodHandle constructor,
        final HoldfastStack stack,
        final AddressPolicy policy,
        final boolean server) {
        try {
            return (SocketImpl) constructor.invokeExact(stack, policy, server);
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] markedClass() {
        final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC, NAME, null, BASE,
            new String[] {MARKER});
        final MethodVisitor constructor = writer.visitMethod(0, "<init>", CONSTRUCTOR, null, null);
        constructor.visitCode();
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitVarInsn(Opcodes.ALOAD, 1);
        constructor.visitVarInsn(Opcodes.ALOAD, 2);
        constructor.visitVarInsn(Opcodes.ILOAD, 3);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, BASE, "<init>", CONSTRUCTOR, false);
        constructor.visitInsn(Opcodes.RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }
}
