package io.holdfast.replication.channel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PEM file named by a setting. Whatever is wrong with it is an {@link IllegalArgumentException} that names both. */
final class PemFile {
    private static final Pattern BLOCK =
        Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final int MAX_BYTES = 1 << 20;

    private final String setting;
    private final Path file;
    private final String text;

    /**
     * @param file null if the setting is missing
     */
    PemFile(final String setting, final Path file) {
        this.setting = setting;
        this.file = file;
        if (file == null) {
            throw new IllegalArgumentException(
                setting + ": is missing; it is needed with replication.security=tls");
        }
        this.text = read();
    }

    List<X509Certificate> certificates() {
        final List<X509Certificate> certificates = new ArrayList<>();
        try {
            final CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (final byte[] der : blocks("CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
            }
        } catch (final CertificateException e) {
            throw bad("holds a certificate that cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw bad("holds no certificate (no '-----BEGIN CERTIFICATE-----')", null);
        }
        return certificates;
    }

    /** The one private key, in PKCS#8. */
    byte[] privateKey() {
        final List<byte[]> keys = blocks("PRIVATE KEY");
        if (keys.size() == 1) {
            return keys.get(0);
        }
        if (keys.size() > 1) {
            throw bad("holds " + keys.size() + " private keys instead of one", null);
        }
        final Matcher other = Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----").matcher(text);
        if (other.find()) {
            throw bad("holds a key in the form '" + other.group(1)
                + "', not PKCS#8: convert it (openssl pkcs8 -topk8 -nocrypt)", null);
        }
        throw bad("holds no private key (no '-----BEGIN PRIVATE KEY-----')", null);
    }

    IllegalArgumentException bad(final String problem, final Throwable cause) {
        return new IllegalArgumentException(setting + ": " + file + " " + problem, cause);
    }

    private List<byte[]> blocks(final String label) {
        final List<byte[]> blocks = new ArrayList<>();
        final Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(label)) {
                try {
                    blocks.add(Base64.getMimeDecoder().decode(matcher.group(2)));
                } catch (final IllegalArgumentException e) {
                    throw bad("is not proper Base64: " + e.getMessage(), e);
                }
            }
        }
        return blocks;
    }

    private String read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw bad("is longer than " + MAX_BYTES + " bytes: no PEM file of ours", null);
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final NoSuchFileException e) {
            throw bad("does not exist", e);
        } catch (final AccessDeniedException e) {
            throw bad("may not be read by this process", e);
        } catch (final IOException e) {
            throw bad("cannot be read: " + e.getMessage(), e);
        }
    }
}
