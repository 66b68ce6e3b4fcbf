package io.holdfast.app.agent;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The code that {@link JdkAdvice} inserts at the start of a method: {@code if (hook.place != null) { Object a =
 * hook.place.apply(argument); if (a != null) return (T) a; }}. In a method without a result the answer is ignored. Where the place
 * is asked {@link Place#afterwards}, the code stands before each return instead.
 */
final class Question extends MethodVisitor {
    private static final String APPLY = "java/util/function/Function";

    private final Place place;

    Question(final Place place, final MethodVisitor next) {
        super(Opcodes.ASM9, next);
        this.place = place;
    }

    @Override
    public void visitCode() {
        super.visitCode();
        if (!place.afterwards()) {
            ask();
        }
    }

    @Override
    public void visitInsn(final int opcode) {
        if (opcode == Opcodes.RETURN && place.afterwards()) {
            ask();
        }
        super.visitInsn(opcode);
    }

    private void ask() {
        final Label own = new Label();
        visitFieldInsn(Opcodes.GETSTATIC, JdkAdvice.HOOK, place.field(), JdkAdvice.FUNCTION);
        visitJumpInsn(Opcodes.IFNULL, own);
        visitFieldInsn(Opcodes.GETSTATIC, JdkAdvice.HOOK, place.field(), JdkAdvice.FUNCTION);
        loadArgument();
        visitMethodInsn(Opcodes.INVOKEINTERFACE, APPLY, "apply", "(Ljava/lang/Object;)Ljava/lang/Object;", true);
        final Type result = Type.getReturnType(place.descriptor());
        if (result.getSort() != Type.VOID) {
            final Label unanswered = new Label();
            visitInsn(Opcodes.DUP);
            visitJumpInsn(Opcodes.IFNULL, unanswered);
            returnAnswer(result);
            visitLabel(unanswered);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Object"});
        }
        visitInsn(Opcodes.POP);
        visitLabel(own);
        visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }

    private void returnAnswer(final Type result) {
        if (result.getSort() == Type.BOOLEAN) {
            visitTypeInsn(Opcodes.CHECKCAST, "java/lang/Boolean");
            visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/Boolean", "booleanValue", "()Z", false);
            visitInsn(Opcodes.IRETURN);
        } else {
            visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
            visitInsn(Opcodes.ARETURN);
        }
    }

    private void loadArgument() {
        if (place.argument() == Place.NOTHING) {
            visitInsn(Opcodes.ACONST_NULL);
        } else if (place.descriptor().startsWith("(Z")) {
            visitVarInsn(Opcodes.ILOAD, place.argument());
            visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Boolean", "valueOf", "(Z)Ljava/lang/Boolean;", false);
        } else if (place.descriptor().startsWith("(I")) {
            visitVarInsn(Opcodes.ILOAD, place.argument());
            visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
        } else {
            visitVarInsn(Opcodes.ALOAD, place.argument());
        }
    }
}
