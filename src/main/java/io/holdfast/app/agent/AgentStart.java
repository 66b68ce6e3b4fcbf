package io.holdfast.app.agent;

import io.holdfast.app.agent.choices.ChoiceAdvice;
import io.holdfast.app.agent.choices.ChoiceOptions;
import io.holdfast.config.StackConfig;
import io.holdfast.failover.Node;
import io.holdfast.failover.NodeConfig;
import io.holdfast.failover.witness.Registers;
import io.holdfast.net.Platforms;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.ops.ControlPath;
import io.holdfast.ops.ControlServer;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.SocketImpl;
import java.nio.channels.spi.SelectorProvider;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/** Starts the stack and puts it under the program. Loaded only once the JDK is open to it. */
final class AgentStart {
    private final AgentOptions options;
    private final Instrumentation instrumentation;
    private final StackConfig config;
    private final AddressPolicy policy;
    private final NodeConfig replication;
    private final ChoiceOptions choices;
    private final AtomicReference<AgentEnd> end = new AtomicReference<>();

    private AgentStart(final AgentOptions options, final Instrumentation instrumentation) {
        this.options = options;
        this.instrumentation = instrumentation;
        config = StackConfig.load(options.file());
        policy = AddressPolicy.load(options.file());
        replication = NodeConfig.load(options.file());
        choices = ChoiceOptions.load(options.file());
    }

    static void start(final AgentOptions options, final Instrumentation instrumentation) throws Exception {
        new AgentStart(options, instrumentation).start();
    }

    private void start() throws Exception {
        if (replication.mode() == ReplicationMode.RESUME) {
            throw new IllegalArgumentException("replication.mode = resume: for programs that use io.holdfast.socket themselves and"
                + " take their connections back; under the agent hot and cold are possible");
        }
        final Consumer<HoldfastStack> underTheProgram = this::putUnder;
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
            + (node == null ? "" : replication.toString().stripTrailing().indent(2)) + "  " + policy + "\n  " + options);
        final AgentEnd ending = new AgentEnd(node, stack, control(stack, node), options.exitMs());
        ending.register();
        end.set(ending);
        if (replication.mode() == ReplicationMode.COLD) {
            System.err.println("holdfast: mode cold: the program starts when this host is to serve");
            node.awaitLeading();
        }
    }

    /** Classes that are loaded already are redefined here, and the JVM stops for it: before the node takes part. */
    private void putUnder(final HoldfastStack stack) {
        final SelectorProvider provider = new HoldfastSelectorProvider(stack, policy);
        final Function<Boolean, SocketImpl> socketImpls = Platforms.socketImpls(stack, policy);
        final Map<Place, Function<Object, Object>> answers = new EnumMap<>(Place.class);
        answers.put(Place.PROVIDER, nothing -> Registers.isCalling() ? null : provider);
        answers.put(Place.SOCKET_IMPLS, server -> socketImpls.apply((Boolean) server));
        answers.put(Place.SHUTDOWN, nothing -> end.get() == null ? null : end.get().handOver());
        answers.putAll(new Interfaces(stack, config.link.device,
            config.addresses().stream().map(IpAddress::toInetAddress).toList(), config.prefixLength()).answers());
        answers.putAll(new Bypasses(options.requireProtected(), System.err::println,
            () -> Runtime.getRuntime().halt(1)).answers());
        JdkAdvice.install(instrumentation, answers);
        followPrimary();
    }

    /** Runs after the start of the stack, whose own randomness must not come from generators that ask. */
    private void followPrimary() {
        if (!choices.isNone()) {
            System.err.println("holdfast: " + ChoiceAdvice.install(instrumentation, choices));
        }
    }

    /** Opens the control socket for {@code status}, {@code stats} and the like; the program runs without it, too. */
    private static ControlServer control(final HoldfastStack stack, final Node node) {
        try {
            return ControlServer.start(stack, node, ControlPath.own());
        } catch (final IOException | RuntimeException e) {
            System.err.println("holdfast: no control socket: " + e.getMessage());
            return null;
        }
    }
}
