package io.holdfast.lab;

import io.holdfast.app.keys.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.ZonedDateTime;
import java.util.Base64;

/**
 * A key, and a certificate for the server named {@link #NAME} that clients trust if they are given it.
 *
 * @param store both, as PKCS #12, with {@link #PASSWORD}
 */
record ServerCertificate(Path certificate, Path key, Path store) {
    static final String NAME = "server";
    static final String PASSWORD = "changeit";

    static ServerCertificate create(final Path directory) throws IOException, GeneralSecurityException {
        final TestCertificate made = TestCertificate.create("lab", NAME, ZonedDateTime.now());
        final ServerCertificate files = new ServerCertificate(
            directory.resolve("server.crt"), directory.resolve("server.key"), directory.resolve("server.p12"));
        Files.writeString(files.certificate, made.certificatePem());
        Files.writeString(files.key, made.keyPem());

        final Certificate certificate = CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(made.certificatePem().getBytes(StandardCharsets.US_ASCII)));
        final byte[] der = Base64.getMimeDecoder().decode(made.keyPem().replaceAll("-----[^-]*-----", ""));
        final PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(NAME, key, PASSWORD.toCharArray(), new Certificate[] {certificate});
        try (OutputStream out = Files.newOutputStream(files.store)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return files;
    }
}
