package io.holdfast.app.agent.choices;

import io.holdfast.replay.ChoiceKind;
import java.util.Map;
import java.util.Objects;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Rewrites one class: calls, objects made by a constructor without arguments, static fields that are read, and method handles of
 * the former two among the constants and the arguments of {@code invokedynamic}. No jump, no local variable and no method is
 * added, so the class's stack map frames stay as they are, and a class that is loaded already can be rewritten too. One thread,
 * one class.
 */
final class SiteRewriter {
    /** Suffix of the names of methods that get the place of the call. */
    private static final String AT = "At";

    private final ChoiceSites sites;
    private final Followers.Part part;
    private final Map<String, ChoiceSites.Target> calls;
    private final Map<String, ChoiceSites.Target> constructors;
    private final Map<String, ChoiceSites.Target> fields;
    private final String bridge;
    private ClassNode type;
    private MethodNode method;
    private int placesInMethod;
    private int count;

    SiteRewriter(final ChoiceSites sites, final Followers.Part part, final String bridge) {
        this.sites = sites;
        this.part = part;
        calls = sites.callsIn(part);
        constructors = sites.constructorsIn(part);
        fields = sites.fieldsIn(part);
        this.bridge = bridge;
    }

    int count() {
        return count;
    }

    byte[] rewrite(final ClassReader reader) {
        type = new ClassNode();
        reader.accept(type, 0);
        final ChosenMethods chosen = sites.methodsIn(part, type.name);
        for (final MethodNode each : type.methods) {
            method = each;
            placesInMethod = 0;
            final boolean written = (each.access & Opcodes.ACC_SYNTHETIC) == 0;
            if (written && chosen != null && chosen.contains(type.name, each.name, each.desc)) {
                chooseResult(each.instructions);
                continue;
            }
            for (AbstractInsnNode at = each.instructions.getFirst(); at != null;) {
                final AbstractInsnNode next = at.getNext();
                rewrite(each.instructions, at);
                at = next;
            }
        }
        final ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        type.accept(writer);
        return writer.toByteArray();
    }

    /** The method's result is the choice; choices that the method asks for on the way are not recorded. */
    private void chooseResult(final InsnList code) {
        final String result = method.desc.substring(method.desc.indexOf(')') + 1);
        final int returns = result.equals(ChosenMethods.LONG) ? Opcodes.LRETURN : Opcodes.ARETURN;
        final Integer kind = ChoiceKind.at(ChoiceKind.RESULT, Objects.hash(type.name, method.name, method.desc));
        for (AbstractInsnNode at = code.getFirst(); at != null; at = at.getNext()) {
            if (at.getOpcode() == returns) {
                code.insertBefore(at, new LdcInsnNode(kind));
                code.insertBefore(at, new MethodInsnNode(Opcodes.INVOKESTATIC, bridge + suffix(ChoiceSites.RESULTS), "result",
                    "(" + result + "I)" + result, false));
                count++;
            }
        }
    }

    private void rewrite(final InsnList code, final AbstractInsnNode at) {
        if (at instanceof MethodInsnNode call) {
            if (sites.handsOver(part, call.name + call.desc)) {
                tellHandOver(code, call);
            } else if (call.getOpcode() == Opcodes.INVOKESPECIAL) {
                rewriteConstruction(code, call);
            } else {
                rewriteCall(code, call);
            }
        } else if (at instanceof FieldInsnNode field) {
            rewriteField(field);
        } else if (at instanceof InvokeDynamicInsnNode dynamic) {
            rewriteArguments(dynamic.bsmArgs);
        } else if (at instanceof LdcInsnNode constant) {
            constant.cst = rewritten(constant.cst);
        }
    }

    private void rewriteCall(final InsnList code, final MethodInsnNode call) {
        final ChoiceSites.Target target = calls.get(ChoiceSites.key(call.owner, call.name, call.desc));
        if (target != null) {
            final boolean told = target.places();
            if (told) {
                code.insertBefore(call, new LdcInsnNode(place()));
            }
            call.setOpcode(Opcodes.INVOKESTATIC);
            call.owner = owner(target);
            call.name = told ? target.name() + AT : target.name();
            call.desc = told ? withPlace(target.descriptor()) : target.descriptor();
            call.itf = false;
            count++;
        }
    }

    private static String withPlace(final String descriptor) {
        return descriptor.replace(")", "I)");
    }

    /**
     * A number that is the same on both hosts if they run the same program: made of the method and of the call's index in it. The
     * order of methods is no part of it, because the class file of a class that is loaded already has another one.
     */
    private Integer place() {
        return ChoiceKind.at(0, Objects.hash(type.name, method.name, method.desc, placesInMethod++));
    }

    /** The task, the only argument, is on top of the stack. */
    private void tellHandOver(final InsnList code, final MethodInsnNode call) {
        final ChoiceSites.Target told = ChoiceSites.HAND_OVER;
        code.insertBefore(call, new InsnNode(Opcodes.DUP));
        code.insertBefore(call,
            new MethodInsnNode(Opcodes.INVOKESTATIC, owner(told), told.name(), told.descriptor(), false));
        count++;
    }

    private void rewriteField(final FieldInsnNode field) {
        final ChoiceSites.Target target = fields.get(ChoiceSites.key(field.owner, field.name, field.desc));
        if (target != null && field.getOpcode() == Opcodes.GETSTATIC) {
            field.owner = owner(target);
            field.name = target.name();
            field.desc = target.descriptor();
            count++;
        }
    }

    /**
     * {@code Date()} and {@code SplittableRandom()} have a twin that is given the number, which serves constructors of
     * subclasses too. {@code Random()} has none that would do: where the object is made, another is made in its place.
     */
    private void rewriteConstruction(final InsnList code, final MethodInsnNode call) {
        if (!call.name.equals("<init>") || !call.desc.equals("()V") || !constructors.containsKey(call.owner)) {
            return;
        }
        if (call.owner.equals(ChoiceSites.RANDOM_CLASS)) {
            rewriteNewRandom(code, call);
            return;
        }
        final boolean dated = call.owner.equals(ChoiceSites.DATE_CLASS);
        final String number = dated ? "millis" + AT : "seed";
        if (dated) {
            code.insertBefore(call, new LdcInsnNode(place()));
        }
        code.insertBefore(call,
            new MethodInsnNode(Opcodes.INVOKESTATIC, bridge + suffix(ChoiceSites.VALUES), number, dated ? "(I)J" : "()J", false));
        call.desc = "(J)V";
        count++;
    }

    /** {@code new, dup, <init>}, as compilers write it; the call of a superclass's constructor looks different. */
    private void rewriteNewRandom(final InsnList code, final MethodInsnNode call) {
        final AbstractInsnNode dup = before(call);
        final AbstractInsnNode made = dup == null ? null : before(dup);
        if (dup == null || dup.getOpcode() != Opcodes.DUP || made == null || made.getOpcode() != Opcodes.NEW) {
            return;
        }
        final ChoiceSites.Target target = constructors.get(call.owner);
        code.remove(made);
        code.remove(dup);
        code.insertBefore(call, new LdcInsnNode(place()));
        code.set(call, new MethodInsnNode(Opcodes.INVOKESTATIC, owner(target), target.name() + AT,
            withPlace(target.descriptor()), false));
        count++;
    }

    /** Labels and line numbers apart. */
    private static AbstractInsnNode before(final AbstractInsnNode node) {
        AbstractInsnNode at = node.getPrevious();
        while (at instanceof LabelNode || at instanceof LineNumberNode) {
            at = at.getPrevious();
        }
        return at;
    }

    private void rewriteArguments(final Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = rewritten(arguments[i]);
        }
    }

    private Object rewritten(final Object constant) {
        if (constant instanceof Handle handle) {
            return rewritten(handle);
        }
        if (constant instanceof ConstantDynamic dynamic) {
            final Object[] arguments = new Object[dynamic.getBootstrapMethodArgumentCount()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = rewritten(dynamic.getBootstrapMethodArgument(i));
            }
            return new ConstantDynamic(dynamic.getName(), dynamic.getDescriptor(), dynamic.getBootstrapMethod(), arguments);
        }
        return constant;
    }

    private Handle rewritten(final Handle handle) {
        final ChoiceSites.Target target;
        switch (handle.getTag()) {
            case Opcodes.H_INVOKESTATIC, Opcodes.H_INVOKEVIRTUAL ->
                target = calls.get(ChoiceSites.key(handle.getOwner(), handle.getName(), handle.getDesc()));
            case Opcodes.H_NEWINVOKESPECIAL ->
                target = handle.getDesc().equals("()V") ? constructors.get(handle.getOwner()) : null;
            default -> target = null;
        }
        if (target == null) {
            return handle;
        }
        count++;
        return new Handle(Opcodes.H_INVOKESTATIC, owner(target), target.name(), target.descriptor(), false);
    }

    private String owner(final ChoiceSites.Target target) {
        return bridge + suffix(target.owner());
    }

    private static String suffix(final String bridgeClass) {
        return bridgeClass.substring(Bridge.PREFIX.length());
    }
}
