package io.holdfast.conformance.robustness;

import io.holdfast.config.StackConfig;
import io.holdfast.failover.NodeConfig;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Properties;

/** A configuration file: each setting is taken, or refused by an exception that names it. */
public final class PropertiesTarget implements Target {
    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Targets.PROPERTIES.target().run(input);
    }

    @Override
    public void run(final byte[] input) {
        final Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(input, StandardCharsets.ISO_8859_1)));
        } catch (final IllegalArgumentException e) {
            return; // java.util.Properties refuses a malformed escape
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        for (final String key : properties.stringPropertyNames()) {
            final String value = properties.getProperty(key);
            try {
                if (key.startsWith("replication.")) {
                    new NodeConfig().set(key, value);
                } else {
                    new StackConfig().set(key, value);
                }
            } catch (final InvalidPathException e) {
                throw new IllegalStateException("not named: " + e.getMessage(), e);
            } catch (final IllegalArgumentException e) {
                if (!String.valueOf(e.getMessage()).contains(key)) {
                    throw new IllegalStateException("the setting is not named: " + e.getMessage(), e);
                }
            }
        }
    }
}
