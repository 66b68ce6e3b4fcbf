package io.holdfast.app.keys;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.ZonedDateTime;
import java.util.Base64;

/** A new key on the curve P-256 and an X.509 v3 certificate for it that it signed itself (RFC 5280): for tests. */
public final class TestCertificate {
    /** Hosts' clocks may differ by this much. */
    private static final int DAYS_BEFORE = 1;
    private static final int YEARS_AFTER = 10;
    private static final int SERIAL_BITS = 127;
    private static final int DNS_NAME = 2;

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.objectIdentifier(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] COMMON_NAME = Der.objectIdentifier(2, 5, 4, 3);
    private static final byte[] ORGANIZATIONAL_UNIT = Der.objectIdentifier(2, 5, 4, 11);
    private static final byte[] BASIC_CONSTRAINTS = Der.objectIdentifier(2, 5, 29, 19);
    private static final byte[] KEY_USAGE = Der.objectIdentifier(2, 5, 29, 15);
    private static final byte[] EXTENDED_KEY_USAGE = Der.objectIdentifier(2, 5, 29, 37);
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.objectIdentifier(2, 5, 29, 17);
    private static final byte[] SERVER_AUTHENTICATION = Der.objectIdentifier(1, 3, 6, 1, 5, 5, 7, 3, 1);
    private static final byte[] CLIENT_AUTHENTICATION = Der.objectIdentifier(1, 3, 6, 1, 5, 5, 7, 3, 2);
    private static final byte DIGITAL_SIGNATURE = (byte) 0x80;

    private final byte[] certificate;
    private final PrivateKey key;

    private TestCertificate(final byte[] certificate, final PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** Valid from a day ago for ten years. */
    public static TestCertificate create(final String cluster, final String node, final ZonedDateTime now) {
        try {
            final SecureRandom random = new SecureRandom();
            final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            final KeyPair pair = generator.generateKeyPair();
            final byte[] name = Der.sequence(
                Der.set(Der.sequence(ORGANIZATIONAL_UNIT, Der.text(cluster))),
                Der.set(Der.sequence(COMMON_NAME, Der.text(node))));
            final byte[] toBeSigned = Der.sequence(
                Der.explicit(0, Der.integer(BigInteger.TWO)), // v3
                Der.integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)),
                ECDSA_WITH_SHA256,
                name,
                Der.sequence(Der.time(now.minusDays(DAYS_BEFORE)), Der.time(now.plusYears(YEARS_AFTER))),
                name,
                pair.getPublic().getEncoded(),
                Der.explicit(3, extensions(node)));
            final Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate(), random);
            signature.update(toBeSigned);
            return new TestCertificate(
                Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(0, signature.sign())), pair.getPrivate());
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make keys on the curve P-256: " + e.getMessage(), e);
        }
    }

    public String certificatePem() {
        return pem("CERTIFICATE", certificate);
    }

    /** PKCS#8, not encrypted. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** No authority over others, and of use for TLS in both directions. */
    private static byte[] extensions(final String node) {
        return Der.sequence(
            Der.sequence(BASIC_CONSTRAINTS, Der.yes(), Der.octets(Der.sequence())),
            Der.sequence(KEY_USAGE, Der.yes(), Der.octets(Der.bits(7, DIGITAL_SIGNATURE))),
            Der.sequence(EXTENDED_KEY_USAGE,
                Der.octets(Der.sequence(SERVER_AUTHENTICATION, CLIENT_AUTHENTICATION))),
            Der.sequence(SUBJECT_ALTERNATIVE_NAME, Der.octets(Der.sequence(
                Der.implicit(DNS_NAME, node.getBytes(StandardCharsets.US_ASCII))))));
    }

    private static String pem(final String label, final byte[] der) {
        final Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN " + label + "-----\n" + encoder.encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
