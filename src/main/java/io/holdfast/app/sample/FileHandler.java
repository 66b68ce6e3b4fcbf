package io.holdfast.app.sample;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files below one directory, over HTTP: GET and HEAD with sizes and ranges, listings, PUT. Any number of threads.
 *
 * <p>An upload goes to a hidden file beside its destination and is moved there when it is complete, so that a reader
 * sees the old file or the new one, and a broken upload leaves nothing.
 */
final class FileHandler implements HttpHandler {
    /** Unit of copying between a file and a connection. */
    private static final int COPY_BYTES = 128 * 1024;
    private static final String UPLOAD_PREFIX = ".upload-";
    private static final DateTimeFormatter HTTP_DATE =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RequestPath paths;
    private final boolean uploads;
    private final AtomicLong uploadNumber = new AtomicLong();

    /**
     * @param root    directory that is served; symbolic links that lead out of it are refused
     * @param uploads whether PUT is allowed
     */
    FileHandler(final Path root, final boolean uploads) throws IOException {
        this.paths = new RequestPath(root);
        this.uploads = uploads;
    }

    @Override
    public void handle(final HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                dispatch(exchange);
            } catch (final NoSuchFileException e) {
                answer(exchange, 404, "Not Found");
            } catch (final AccessDeniedException e) {
                answer(exchange, 403, "Forbidden");
            }
        }
    }

    private void dispatch(final HttpExchange exchange) throws IOException {
        final Path file = paths.resolve(exchange.getRequestURI().getPath());
        if (file == null || file.getFileName().toString().startsWith(UPLOAD_PREFIX)) {
            answer(exchange, 403, "Forbidden");
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET", "HEAD" -> serve(exchange, file);
            case "PUT" -> upload(exchange, file);
            default -> {
                exchange.getResponseHeaders().set("Allow", uploads ? "GET, HEAD, PUT" : "GET, HEAD");
                answer(exchange, 405, "Method Not Allowed");
            }
        }
    }

    private void serve(final HttpExchange exchange, final Path file) throws IOException {
        final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            serveDirectory(exchange, file);
            return;
        }
        if (!attributes.isRegularFile()) {
            answer(exchange, 403, "Forbidden");
            return;
        }
        final long size = attributes.size();
        final Instant modified = attributes.lastModifiedTime().toInstant();
        final String tag = "\"" + Long.toHexString(size) + "-" + Long.toHexString(modified.toEpochMilli()) + "\"";
        final String date = HTTP_DATE.format(modified);
        final Headers headers = exchange.getResponseHeaders();
        headers.set("Accept-Ranges", "bytes");
        headers.set("ETag", tag);
        headers.set("Last-Modified", date);
        headers.set("Content-Type", contentType(file));

        final String condition = exchange.getRequestHeaders().getFirst("If-Range");
        final boolean ranged = condition == null || condition.equals(tag) || condition.equals(date);
        final ByteRange range = ByteRange.parse(ranged ? exchange.getRequestHeaders().getFirst("Range") : null, size);
        if (range.kind() == ByteRange.Kind.UNSATISFIABLE) {
            headers.set("Content-Range", "bytes */" + size);
            answer(exchange, 416, "Range Not Satisfiable");
            return;
        }
        int status = 200;
        if (range.kind() == ByteRange.Kind.PARTIAL) {
            headers.set("Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + size);
            status = 206;
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Long.toString(range.length()));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            // 0 would mean chunked, -1 means no body.
            exchange.sendResponseHeaders(status, range.length() == 0 ? -1 : range.length());
            copy(source, range.first(), range.length(), exchange.getResponseBody());
        }
    }

    private static void copy(
        final FileChannel source, final long first, final long length, final OutputStream sink) throws IOException {
        final byte[] bytes = new byte[(int) Math.min(COPY_BYTES, Math.max(1, length))];
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long position = first;
        final long end = first + length;
        while (position < end) {
            buffer.clear().limit((int) Math.min(bytes.length, end - position));
            final int n = source.read(buffer, position);
            if (n < 0) {
                throw new IOException("the file became shorter while it was sent");
            }
            sink.write(bytes, 0, n);
            position += n;
        }
    }

    private void serveDirectory(final HttpExchange exchange, final Path directory) throws IOException {
        final String path = exchange.getRequestURI().getRawPath();
        if (!path.endsWith("/")) {
            // A relative location keeps the name by which the client reached this server.
            exchange.getResponseHeaders().set("Location", path.substring(path.lastIndexOf('/') + 1) + "/");
            answer(exchange, 301, "Moved Permanently");
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        send(exchange, 200, DirectoryListing.html(directory, exchange.getRequestURI().getPath(), UPLOAD_PREFIX));
    }

    private void upload(final HttpExchange exchange, final Path file) throws IOException {
        if (!uploads) {
            answer(exchange, 405, "Method Not Allowed");
            return;
        }
        if (Files.isDirectory(file)) {
            answer(exchange, 409, "Conflict");
            return;
        }
        final Path temporary = file.resolveSibling(UPLOAD_PREFIX + ProcessHandle.current().pid() + "-"
            + uploadNumber.incrementAndGet());
        try {
            receive(exchange, temporary);
            final boolean created = !Files.exists(file);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            exchange.sendResponseHeaders(created ? 201 : 204, -1);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void receive(final HttpExchange exchange, final Path destination) throws IOException {
        final String announced = exchange.getRequestHeaders().getFirst("Content-Length");
        final byte[] bytes = new byte[COPY_BYTES];
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long total = 0;
        try (FileChannel sink =
            FileChannel.open(destination, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            final InputStream source = exchange.getRequestBody();
            int n = source.read(bytes);
            while (n >= 0) {
                buffer.clear().limit(n);
                while (buffer.hasRemaining()) {
                    sink.write(buffer);
                }
                total += n;
                n = source.read(bytes);
            }
        }
        if (announced != null && Long.parseLong(announced) != total) {
            throw new IOException("upload ended after " + total + " of " + announced + " bytes");
        }
    }

    private static String contentType(final Path file) {
        final String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html", "htm" -> "text/html; charset=utf-8";
            case "txt", "md", "log" -> "text/plain; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "json" -> "application/json";
            case "png" -> "image/png";
            case "jpg", "jpeg" -> "image/jpeg";
            case "svg" -> "image/svg+xml";
            case "mp4" -> "video/mp4";
            default -> "application/octet-stream";
        };
    }

    /** A short answer in words; nothing if the answer has begun already (then closing the exchange breaks it off). */
    private static void answer(final HttpExchange exchange, final int status, final String reason) throws IOException {
        if (exchange.getResponseCode() == -1) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            send(exchange, status, status + " " + reason + "\n");
        }
    }

    private static void send(final HttpExchange exchange, final int status, final String text) throws IOException {
        final byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
