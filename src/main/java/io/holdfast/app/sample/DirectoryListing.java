package io.holdfast.app.sample;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/** A directory as a page of links, sorted, with sizes. */
final class DirectoryListing {
    /** Entries shown at most. */
    private static final int ENTRY_LIMIT = 10_000;

    private DirectoryListing() {
    }

    static String html(final Path directory, final String title, final String hiddenPrefix) throws IOException {
        final List<Path> entries;
        try (Stream<Path> all = Files.list(directory)) {
            entries = all.filter(path -> !path.getFileName().toString().startsWith(hiddenPrefix))
                .limit(ENTRY_LIMIT).sorted().toList();
        }
        final StringBuilder page = new StringBuilder(256 + 128 * entries.size());
        page.append("<!doctype html>\n<meta charset=\"utf-8\">\n<title>").append(escape(title)).append("</title>\n<h1>")
            .append(escape(title)).append("</h1>\n<table>\n");
        if (!title.equals("/")) {
            page.append("<tr><td><a href=\"../\">../</a><td>\n");
        }
        for (final Path entry : entries) {
            row(page, entry);
        }
        return page.append("</table>\n").toString();
    }

    private static void row(final StringBuilder page, final Path entry) {
        String name = entry.getFileName().toString();
        String size = "";
        try {
            final BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                name += "/";
            } else {
                size = Long.toString(attributes.size());
            }
        } catch (final IOException e) {
            size = "?"; // gone, or a dangling link
        }
        page.append("<tr><td><a href=\"").append(escape(reference(name))).append("\">").append(escape(name))
            .append("</a><td align=\"right\">").append(size).append('\n');
    }

    private static String reference(final String name) {
        try {
            // The leading "./" keeps a name with a colon from reading as a scheme.
            return new URI(null, null, "./" + name, null).toASCIIString();
        } catch (final URISyntaxException e) {
            return "";
        }
    }

    private static String escape(final String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
