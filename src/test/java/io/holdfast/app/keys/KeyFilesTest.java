package io.holdfast.app.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads our certificates by the JDK's own reader; the channel's tests show that they serve for TLS. */
final class KeyFilesTest {
    @TempDir
    private Path directory;

    @Test
    void shouldWriteKeysForTheirOwnersEyesOnly() throws IOException {
        final Path out = directory.resolve("new").resolve("keys");
        final List<Path> files = KeyFiles.write("lab", List.of("a", "b"), out);
        assertEquals(List.of(out.resolve("a.crt"), out.resolve("a.key"), out.resolve("b.crt"), out.resolve("b.key"),
            out.resolve("trust.pem")), files);
        for (final Path file : files) {
            final String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            assertTrue(file.toString().endsWith(".key") ? mode.equals("rw-------") : mode.startsWith("rw-r"), file + " " + mode);
        }
        assertEquals(Files.readString(files.get(0)) + Files.readString(files.get(2)), Files.readString(files.get(4)));
    }

    @Test
    void shouldOverwriteNothing() throws IOException {
        Files.writeString(directory.resolve("b.key"), "precious");
        assertThrows(FileAlreadyExistsException.class, () -> KeyFiles.write("lab", List.of("a", "b"), directory));
        assertEquals("precious", Files.readString(directory.resolve("b.key")));
        assertFalse(Files.exists(directory.resolve("a.crt")));
    }

    @Test
    void shouldMakeCertificatesForTlsInBothDirections() throws GeneralSecurityException {
        final ZonedDateTime now = ZonedDateTime.now();
        final X509Certificate certificate = parse(TestCertificate.create("lab", "node-1", now));
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity();
        assertEquals(3, certificate.getVersion());
        assertEquals("CN=node-1, OU=lab", certificate.getSubjectX500Principal().toString());
        assertEquals(certificate.getSubjectX500Principal(), certificate.getIssuerX500Principal());
        assertEquals(-1, certificate.getBasicConstraints());
        assertArrayEquals(new boolean[] {true, false, false, false, false, false, false, false, false},
            java.util.Arrays.copyOf(certificate.getKeyUsage(), 9));
        assertEquals(List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"), certificate.getExtendedKeyUsage());
        assertEquals(List.of(List.of(2, "node-1")), List.copyOf(certificate.getSubjectAlternativeNames()));
        assertEquals(Date.from(now.minusDays(1).toInstant()).getTime() / 1_000, certificate.getNotBefore().getTime() / 1_000);
        assertTrue(certificate.getSerialNumber().signum() > 0);
        assertFalse(certificate.getSerialNumber()
            .equals(parse(TestCertificate.create("lab", "node-1", now)).getSerialNumber()));
    }

    /** UTCTime has two digits for the year, up to 2049. */
    @Test
    void shouldWriteDatesBeyond2049() throws GeneralSecurityException {
        for (int year = 2038; year <= 2042; year++) {
            final ZonedDateTime now = LocalDate.of(year, 3, 1).atStartOfDay(ZoneOffset.UTC);
            assertEquals(now.plusYears(10).toInstant(),
                parse(TestCertificate.create("lab", "a", now)).getNotAfter().toInstant());
        }
    }

    /** Lengths of 128 and more take another form. */
    @Test
    void shouldWriteLongNames() throws GeneralSecurityException {
        final String name = "n".repeat(64);
        assertEquals("CN=" + name + ", OU=" + name,
            parse(TestCertificate.create(name, name, ZonedDateTime.now())).getSubjectX500Principal().toString());
    }

    private static X509Certificate parse(final TestCertificate certificate) throws GeneralSecurityException {
        final InputStream in =
            new ByteArrayInputStream(certificate.certificatePem().getBytes(StandardCharsets.US_ASCII));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
}
