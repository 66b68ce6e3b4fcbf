package io.holdfast.app.agent;

import io.holdfast.app.agent.choices.ChoiceAdvice;
import io.holdfast.app.agent.choices.ChoiceOptions;
import io.holdfast.failover.Node;
import io.holdfast.failover.NodeConfig;
import io.holdfast.net.Platforms;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.ops.ControlPath;
import io.holdfast.ops.ControlServer;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Starts the stack and puts it under the program. Loaded only once the JDK is open to it. */
final class AgentStart {
    private AgentStart() {
    }

    static void start(final String file, final Instrumentation instrumentation) throws Exception {
        final Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("cannot read the configuration " + path.toAbsolutePath());
        }
        final StackConfig config = StackConfig.load(path);
        final AddressPolicy policy = AddressPolicy.fromSystemProperties();
        final NodeConfig replication = NodeConfig.load(path);
        if (replication.mode() == ReplicationMode.RESUME) {
            throw new IllegalArgumentException("replication.mode = resume: for programs that use io.holdfast.socket themselves and take their "
                + "connections back; under the agent hot and cold are possible");
        }
        final ChoiceOptions choices = ChoiceOptions.load(path);
        final Consumer<HoldfastStack> underTheProgram = started -> putUnder(started, policy, choices, instrumentation);
        final Node node;
        final HoldfastStack stack;
        if (replication.mode() == ReplicationMode.OFF) {
            node = null;
            stack = HoldfastStack.start(config);
            underTheProgram.accept(stack);
        } else {
            node = Node.start(replication, config, underTheProgram);
            stack = node.stack();
        }
        System.err.println("holdfast: serving " + config.addresses() + " with\n" + config.toString().stripTrailing().indent(2)
            + (node == null ? "" : replication.toString().stripTrailing().indent(2)) + "  wildcard = " + policy.wildcard() + ", outgoing = " + policy.outgoing());
        final ControlServer control = control(stack, node);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node, stack, control), "holdfast-shutdown"));
        if (replication.mode() == ReplicationMode.COLD) {
            System.err.println("holdfast: mode cold: the program starts when this host is to serve");
            node.awaitLeading();
        }
    }

    /** Classes that are loaded already are redefined here, and the JVM stops for it: before the node takes part. */
    private static void putUnder(final HoldfastStack stack, final AddressPolicy policy, final ChoiceOptions choices,
        final Instrumentation instrumentation) {
        HoldfastSelectorProvider.installAsDefault(stack);
        try {
            SocketImplAdvice.install(instrumentation, Platforms.socketImpls(stack, policy));
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException("this JDK's sockets cannot be put on the stack", e);
        }
        followPrimary(instrumentation, choices);
    }

    /** After the stack, whose own randomness must not come from generators that ask. */
    private static void followPrimary(final Instrumentation instrumentation, final ChoiceOptions options) {
        if (!options.isNone()) {
            System.err.println("holdfast: " + ChoiceAdvice.install(instrumentation, options));
        }
    }

    /** For {@code status}, {@code stats} and the like; a program is served without them too. */
    private static ControlServer control(final HoldfastStack stack, final Node node) {
        try {
            return ControlServer.start(stack, node, ControlPath.own());
        } catch (final IOException | RuntimeException e) {
            System.err.println("holdfast: no control socket: " + e.getMessage());
            return null;
        }
    }

    private static void end(final Node node, final HoldfastStack stack, final ControlServer control) {
        if (control != null) {
            try {
                control.close();
            } catch (final IOException e) {
                System.err.println("holdfast: " + e.getMessage());
            }
        }
        if (node == null) {
            stack.close();
        } else {
            node.close();
        }
    }
}
