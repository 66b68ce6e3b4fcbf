package io.holdfast.lab.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The JDK's two HTTP clients: {@code HttpTransfers FILE (CLIENT SOURCE SINK)...}. With each CLIENT, {@code channel} (HttpClient,
 * on NIO) or {@code socket} (HttpURLConnection, on blocking sockets), gets SOURCE and puts FILE to SINK. Of each it says the
 * protocol, the SHA-256 of what it got, the status of the upload and what that was answered.
 */
public final class HttpTransfers {
    private HttpTransfers() {
    }

    public static void main(final String[] arguments) throws Exception {
        final Path file = Path.of(arguments[0]);
        for (int i = 1; i < arguments.length; i += 3) {
            final URI source = URI.create(arguments[i + 1]);
            final URI sink = URI.create(arguments[i + 2]);
            final String said = arguments[i].equals("channel") ? channel(source, sink, file)
                : socket(source.toURL(), sink.toURL(), file);
            System.out.println(arguments[i] + " " + said.strip());
        }
        System.exit(0); // HttpClient's threads would stay for a while
    }

    private static String channel(final URI source, final URI sink, final Path file) throws Exception {
        final HttpClient client = HttpClient.newHttpClient();
        final HttpResponse<byte[]> got =
            client.send(HttpRequest.newBuilder(source).build(), HttpResponse.BodyHandlers.ofByteArray());
        final HttpResponse<String> put = client.send(
            HttpRequest.newBuilder(sink).PUT(HttpRequest.BodyPublishers.ofFile(file)).build(), HttpResponse.BodyHandlers.ofString());
        return got.version() + " " + sha256(got.body()) + " " + put.statusCode() + " " + put.body();
    }

    private static String socket(final URL source, final URL sink, final Path file) throws Exception {
        final String hash;
        try (InputStream in = source.openStream()) {
            hash = sha256(in.readAllBytes());
        }
        final HttpURLConnection put = (HttpURLConnection) sink.openConnection();
        put.setRequestMethod("PUT");
        put.setDoOutput(true);
        put.setFixedLengthStreamingMode(Files.size(file));
        Files.copy(file, put.getOutputStream());
        return "HTTP_1_1 " + hash + " " + put.getResponseCode() + " " + answer(put);
    }

    private static String answer(final HttpURLConnection put) throws IOException {
        try (InputStream in = put.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String sha256(final byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
