package io.holdfast.replication.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** Makes TLS 1.3 engines from the PEM files of a configuration. */
final class TlsEngines {
    private static final String PROTOCOL = "TLSv1.3";
    /** The JDK's other suite, ChaCha20, runs at a tenth of the speed on JDK 17. */
    private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};
    private static final char[] NO_PASSWORD = {};
    private static final int REHEARSAL_STEPS = 200;

    private final SSLContext context;

    private TlsEngines(final SSLContext context) {
        this.context = context;
    }

    /**
     * @throws IllegalArgumentException naming the setting whose file is missing, unreadable or does not fit the others
     */
    static TlsEngines from(final ChannelConfig config) {
        final PemFile certificateFile = new PemFile("replication.certificate", config.certificate());
        final PemFile keyFile = new PemFile("replication.key", config.key());
        final PemFile trustFile = new PemFile("replication.trust", config.trust());
        final List<X509Certificate> chain = certificateFile.certificates();
        final PrivateKey key = key(keyFile, chain.get(0));
        try {
            chain.get(0).checkValidity();
        } catch (final CertificateException e) {
            throw certificateFile.bad("is not valid now: " + e.getMessage(), e);
        }
        try {
            rehearse(new TlsEngines(context(chain, key, chain)));
        } catch (final SSLException e) {
            throw certificateFile.bad("is of no use for TLS in both directions: " + e.getMessage(), e);
        }
        return new TlsEngines(context(chain, key, trustFile.certificates()));
    }

    SSLEngine engine(final boolean client) {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setNeedClientAuth(!client);
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        engine.setEnabledCipherSuites(SUITES);
        return engine;
    }

    private static PrivateKey key(final PemFile file, final X509Certificate certificate) {
        final String algorithm = certificate.getPublicKey().getAlgorithm();
        final PrivateKey key;
        try {
            key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(file.privateKey()));
        } catch (final InvalidKeySpecException e) {
            throw file.bad("is not the key of replication.certificate, which needs one of " + algorithm + ": "
                + e.getMessage(), e);
        } catch (final GeneralSecurityException e) {
            throw file.bad("cannot be used: " + e.getMessage(), e);
        }
        if (!belongTogether(key, certificate)) {
            throw file.bad("is not the key of replication.certificate", null);
        }
        return key;
    }

    private static boolean belongTogether(final PrivateKey key, final X509Certificate certificate) {
        final String algorithm = key.getAlgorithm();
        final byte[] probe = PROTOCOL.getBytes(StandardCharsets.US_ASCII);
        try {
            final Signature signature = Signature.getInstance(
                algorithm.equals("EC") ? "SHA256withECDSA" : algorithm.equals("RSA") ? "SHA256withRSA" : algorithm);
            signature.initSign(key);
            signature.update(probe);
            final byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (final GeneralSecurityException e) {
            return false;
        }
    }

    private static SSLContext context(
        final List<X509Certificate> chain, final PrivateKey key, final List<X509Certificate> trusted) {
        try {
            final KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("node", key, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
            // Not PKIX, the default: that one decrypts the key for every handshake, with thousands of rounds of hashing.
            final KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
            keyManagers.init(keys, NO_PASSWORD);
            final KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            for (int i = 0; i < trusted.size(); i++) {
                anchors.setCertificateEntry("trusted" + i, trusted.get(i));
            }
            final TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
            trustManagers.init(anchors);
            final SSLContext context = SSLContext.getInstance(PROTOCOL);
            // Named, because the first provider's randomness may be the recorded one of the application.
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(),
                SecureRandom.getInstance("NativePRNG", "SUN"));
            return context;
        } catch (final GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK cannot do TLS 1.3 with the certificates given: " + e.getMessage(), e);
        }
    }

    /**
     * A handshake with ourselves, in memory: it finds a certificate that cannot serve, and it loads some hundred classes, which
     * would cost the first real handshake a third of a second, in the middle of a replicator thread's duties.
     */
    private static void rehearse(final TlsEngines engines) throws SSLException {
        final SSLEngine client = engines.engine(true);
        final SSLEngine server = engines.engine(false);
        final ByteBuffer toServer = ByteBuffer.allocate(4 * ChannelLimits.TLS_RECORD_BYTES);
        final ByteBuffer toClient = ByteBuffer.allocate(4 * ChannelLimits.TLS_RECORD_BYTES);
        client.beginHandshake();
        server.beginHandshake();
        for (int i = 0; i < REHEARSAL_STEPS; i++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
        }
        if (client.getSession().getProtocol().equals("NONE") || server.getSession().getProtocol().equals("NONE")) {
            throw new SSLException("the handshake did not end");
        }
    }

    private static void step(final SSLEngine engine, final ByteBuffer in, final ByteBuffer out) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK:
                engine.getDelegatedTask().run();
                break;
            case NEED_WRAP:
                engine.wrap(ByteBuffer.allocate(0), out);
                break;
            default:
                in.flip();
                engine.unwrap(in, ByteBuffer.allocate(ChannelLimits.TLS_DATA_BYTES));
                in.compact();
                break;
        }
    }
}
