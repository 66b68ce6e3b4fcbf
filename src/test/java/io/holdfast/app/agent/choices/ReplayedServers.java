package io.holdfast.app.agent.choices;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.config.StackConfig;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.replay.Choices;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Runs in a separate JVM: the JDK's HTTP and HTTPS servers over a stack in memory, asked by clients of another stack. The first
 * run records the servers' choices; further runs play them, in another order of the connections; with "local" there is no source.
 * The servers' output is left in files named after the client's port.
 */
public final class ReplayedServers {
    static final int[] PORTS = {40_001, 40_002, 40_003, 40_004, 40_005, 40_006};
    /** Where servers listen whose keys are of that kind, from a file of that name. */
    static final int RSA = 443;
    static final int EC = 444;
    static final String PASSWORD = "changeit";
    private static final int SERVER = 0x0A4D_0001;
    private static final int CLIENT = 0x0A4D_0002;

    private final String mode;
    private final Path directory;
    private final HoldfastStack client;

    private ReplayedServers(final String mode, final Path directory) {
        this.mode = mode;
        this.directory = directory;
        final MemoryLink.Pair wire = MemoryLink.pair(LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_01L),
            LinkCapabilities.plainEthernet(1_500, 0x02_00_00_00_00_02L));
        HoldfastSelectorProvider.installAsDefault(stack(wire.left(), SERVER));
        client = stack(wire.right(), CLIENT);
    }

    /** Arguments: record, play or local; the directory. Ends with status 0 if all went well. */
    public static void main(final String[] arguments) {
        try {
            run(arguments);
        } catch (final Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(final String[] arguments) throws Exception {
        final Path directory = Path.of(arguments[1]);
        final Path choices = directory.resolve("choices");
        final ChoiceTape tape = switch (arguments[0]) {
            case "record" -> new ChoiceTape();
            case "play" -> new ChoiceTape(choices);
            default -> null;
        };
        Choices.source(tape);
        new ReplayedServers(arguments[0], directory).run();
        if (arguments[0].equals("record")) {
            tape.write(choices);
        } else if (tape != null && tape.left() > 0) {
            throw new IllegalStateException(tape.left() + " choices were not asked for again");
        }
    }

    private static HoldfastStack stack(final MemoryLink link, final int address) {
        return HoldfastStack.start(new StackConfig().link(link).address(IpAddress.ofV4(address)).prefixLength(24)
            .random(new SeededRandom(address)));
    }

    private static InetSocketAddress at(final int address, final int port) {
        return new InetSocketAddress(IpAddress.ofV4(address).toInetAddress(), port);
    }

    private void run() throws Exception {
        serve(HttpServer.create(at(SERVER, 80), 10));
        final SSLContext rsa = secure(RSA);
        final SSLContext ec = secure(EC);
        plain();
        if (mode.equals("play")) {
            secure(PORTS[5], "TLSv1.2", EC, ec);
            secure(PORTS[4], "TLSv1.3", EC, ec);
            secure(PORTS[3], "TLSv1.2", RSA, rsa);
            secure(PORTS[2], "TLSv1.3", RSA, rsa);
        } else {
            secure(PORTS[2], "TLSv1.3", RSA, rsa);
            secure(PORTS[3], "TLSv1.2", RSA, rsa);
            secure(PORTS[4], "TLSv1.3", EC, ec);
            secure(PORTS[5], "TLSv1.2", EC, ec);
        }
    }

    private SSLContext secure(final int port) throws Exception {
        final SSLContext context = context(directory.resolve(port + ".p12"));
        final HttpsServer server = HttpsServer.create(at(SERVER, port), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        serve(server);
        return context;
    }

    private static void serve(final HttpServer server) {
        final ExecutorService pool = Executors.newFixedThreadPool(2);
        server.setExecutor(Executors.newFixedThreadPool(3));
        server.createContext("/every", exchange -> answer(exchange, new EveryChoice().get()));
        // In another thread, as programs do that have a pool for what takes long.
        server.createContext("/pooled", exchange -> answer(exchange, pool.submit(() -> new EveryChoice().get())));
        server.createContext("/date", exchange -> answer(exchange, "what time is it"));
        server.start();
    }

    private static void answer(final HttpExchange exchange, final Future<String> text) throws IOException {
        try {
            answer(exchange, text.get());
        } catch (final InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static void answer(final HttpExchange exchange, final String text) throws IOException {
        final byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Two connections at once. */
    private void plain() throws IOException {
        try (WireClient first = new WireClient(client, at(CLIENT, PORTS[0]), at(SERVER, 80));
            WireClient second = new WireClient(client, at(CLIENT, PORTS[1]), at(SERVER, 80))) {
            if (mode.equals("play")) {
                second.request("/date");
                second.request("/every");
                second.request("/pooled");
                first.request("/every");
                first.request("/date");
            } else {
                first.request("/every");
                second.request("/date");
                first.request("/date");
                second.request("/every");
                second.request("/pooled");
            }
            Files.write(answers(PORTS[0]), first.received());
            Files.write(answers(PORTS[1]), second.received());
        }
    }

    private void secure(final int port, final String protocol, final int server, final SSLContext context)
        throws IOException {
        final Path script = directory.resolve("client-" + port);
        try (WireClient wire = new WireClient(client, at(CLIENT, port), at(SERVER, server))) {
            if (mode.equals("play")) {
                wire.play(Files.readAllLines(script));
                wire.receiveToTheEnd();
            } else {
                final String answer = new TlsClient(wire, context, protocol).request("/every");
                if (!answer.startsWith("HTTP/1.1 200 ") || !answer.contains("UUID: ")) {
                    throw new IllegalStateException("the answer over " + protocol + " was " + answer);
                }
                wire.receiveToTheEnd();
                if (mode.equals("record")) {
                    Files.write(script, wire.script());
                }
            }
            Files.write(answers(port), wire.received());
        }
    }

    private Path answers(final int port) {
        return directory.resolve(mode + "-" + port);
    }

    private static SSLContext context(final Path file) throws Exception {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("holdfast", store.getCertificate("holdfast"));
        final TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
