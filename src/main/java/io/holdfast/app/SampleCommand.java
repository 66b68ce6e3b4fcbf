package io.holdfast.app;

import io.holdfast.app.sample.EventLoop;
import io.holdfast.app.sample.OrderGateway;
import io.holdfast.app.sample.WebServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sample web|echo|discard|chargen|orders}: servers to try a stack with. Each runs until it is terminated. */
@Command(name = "sample", description = "Runs a sample server.", mixinStandardHelpOptions = true)
final class SampleCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which sample? web, echo, discard, chargen or orders");
    }

    @Command(name = "web", mixinStandardHelpOptions = true,
        description = "The JDK's HttpServer: GET and HEAD with ranges, listings, PUT.")
    void web(
        @Mixin final StackOptions options,
        @Option(names = "--port", defaultValue = "8080", description = "(${DEFAULT-VALUE})") final int port,
        @Option(names = "--root", required = true, paramLabel = "DIR", description = "Directory to serve.")
        final Path root,
        @Option(names = "--read-only", description = "Refuse uploads.") final boolean readOnly) throws Exception {
        serve(options, "web", port, (environment, address) -> {
            final WebServer server = new WebServer(address, root, !readOnly);
            return new Service(server, server.address());
        });
    }

    @Command(name = "echo", mixinStandardHelpOptions = true, description = "Sends back every byte it receives (RFC 862).")
    void echo(
        @Mixin final StackOptions options,
        @Option(names = "--port", defaultValue = "7", description = "(${DEFAULT-VALUE})") final int port)
        throws Exception {
        serve(options, "echo", port, (environment, address) -> loop(EventLoop.echo(environment.provider(), address)));
    }

    @Command(name = "discard", mixinStandardHelpOptions = true, description = "Reads and forgets (RFC 863).")
    void discard(
        @Mixin final StackOptions options,
        @Option(names = "--port", defaultValue = "9", description = "(${DEFAULT-VALUE})") final int port)
        throws Exception {
        serve(options, "discard", port,
            (environment, address) -> loop(EventLoop.discard(environment.provider(), address)));
    }

    @Command(name = "chargen", mixinStandardHelpOptions = true, description = "Sends a pattern without end (RFC 864).")
    void chargen(
        @Mixin final StackOptions options,
        @Option(names = "--port", defaultValue = "19", description = "(${DEFAULT-VALUE})") final int port)
        throws Exception {
        serve(options, "chargen", port,
            (environment, address) -> loop(EventLoop.chargen(environment.provider(), address)));
    }

    @Command(name = "orders", mixinStandardHelpOptions = true,
        description = "An order gateway: lines \"BUY 100\" and \"SELL 100\", each answered with one. Checkpoints, for "
            + "replication.mode=resume.")
    void orders(
        @Mixin final StackOptions options,
        @Option(names = "--port", defaultValue = "7000", description = "(${DEFAULT-VALUE})") final int port)
        throws Exception {
        if (options.kernel()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "orders uses Holdfast's own sockets: not with --kernel");
        }
        serve(options, "orders", port, (environment, address) -> {
            final OrderGateway gateway = new OrderGateway(environment.stack(), address);
            return new Service(gateway, gateway.address());
        });
    }

    private record Service(Closeable server, InetSocketAddress address) {
    }

    private interface Starter {
        Service start(Environment environment, InetSocketAddress address) throws IOException;
    }

    private static Service loop(final EventLoop loop) throws IOException {
        return new Service(loop, loop.address());
    }

    private void serve(final StackOptions options, final String name, final int port, final Starter starter)
        throws Exception {
        final Environment environment = Environment.start(options);
        final Service service;
        try {
            service = starter.start(environment, new InetSocketAddress(options.listenAddress(), port));
        } catch (final IOException | RuntimeException e) {
            environment.close();
            throw e instanceof IOException
                ? new IOException("cannot listen on port " + port + ": " + e.getMessage(), e) : e;
        }
        final CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            close(service.server());
            close(environment);
            ended.countDown();
        }, "holdfast-shutdown"));
        final InetSocketAddress address = service.address();
        System.out.println(name + " at " + address.getAddress().getHostAddress() + ":" + address.getPort()
            + " on " + environment.description());
        ended.await();
    }

    private static void close(final Closeable closeable) {
        try {
            closeable.close();
        } catch (final IOException e) {
            System.err.println("holdfast: " + e.getMessage());
        }
    }
}
