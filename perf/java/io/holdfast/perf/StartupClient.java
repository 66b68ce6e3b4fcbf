package io.holdfast.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long a JVM takes until its {@code main} begins, and until it has answered a first request, with the agent and without, by
 * turns. Arguments: rounds, port, then for each variant {@code +}, its name, the server's address, and the command. What the
 * first variant takes is subtracted from the others', round by round.
 *
 * <p>Wall times are from the moment before the process is made. CPU is user and system time of the whole process, to 10 ms.
 */
public final class StartupClient {
    private static final int LIMIT_S = 20;
    private static final int RETRY_MS = 1;

    private final int port;
    /** Metric, variant, one value a round. */
    private final Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();

    private StartupClient(final int port) {
        this.port = port;
    }

    public static void main(final String[] arguments) throws Exception {
        final StartupClient client = new StartupClient(Integer.parseInt(arguments[1]));
        final List<List<String>> variants = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            if (arguments[i].equals("+")) {
                variants.add(new ArrayList<>());
            } else {
                variants.get(variants.size() - 1).add(arguments[i]);
            }
        }
        // The first of each finds files that no cache has.
        for (int round = -1; round < Integer.parseInt(arguments[0]); round++) {
            for (int i = 0; i < variants.size(); i++) {
                final List<String> variant = variants.get(Math.floorMod(round + i, variants.size()));
                client.run(variant.get(0), variant.get(1), variant.subList(2, variant.size()), round >= 0);
            }
        }
        client.report(variants.get(0).get(0));
    }

    private void run(final String name, final String address, final List<String> command, final boolean counts) throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        final long startNs = System.nanoTime();
        final Process process = builder.start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            if (!StartupServer.BEGUN.equals(lines.readLine())) {
                throw new IOException(name + " did not start: " + String.join(" ", command));
            }
            final long mainNs = System.nanoTime() - startNs;
            final double mainCpuMs = cpuMs(process);
            awaitAnswer(address, startNs + TimeUnit.SECONDS.toNanos(LIMIT_S));
            final long answerNs = System.nanoTime() - startNs;
            if (counts) {
                add("main-ms", name, mainNs / 1e6);
                add("main-CPU-ms", name, mainCpuMs);
                add("answer-ms", name, answerNs / 1e6);
                add("answer-CPU-ms", name, cpuMs(process));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static double cpuMs(final Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }

    private void awaitAnswer(final String address, final long endNs) throws Exception {
        while (System.nanoTime() - endNs < 0) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), LIMIT_S * 1000);
                socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() >= 0) {
                    return;
                }
            } catch (final IOException e) {
                // The server does not listen yet.
                Thread.sleep(RETRY_MS);
            }
        }
        throw new IOException("no answer from " + address);
    }

    private void add(final String metric, final String variant, final double value) {
        figures.computeIfAbsent(metric, key -> new LinkedHashMap<>()).computeIfAbsent(variant, key -> new ArrayList<>()).add(value);
    }

    private void report(final String base) {
        System.out.printf("%-14s %-12s %8s %8s %22s%n", "", "", "median", "least", "median more than " + base);
        figures.forEach((metric, variants) -> variants.forEach((variant, values) -> {
            final List<Double> more = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                more.add(values.get(i) - variants.get(base).get(i));
            }
            System.out.printf("%-14s %-12s %8.0f %8.0f %22s%n", metric, variant, PerfReport.median(values),
                values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN),
                variant.equals(base) ? "" : String.format("%+.0f", PerfReport.median(more)));
        }));
    }
}
