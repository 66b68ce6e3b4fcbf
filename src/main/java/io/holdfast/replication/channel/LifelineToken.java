package io.holdfast.replication.channel;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the end of a lifeline says to the listener of its path: magic u32 | token. The token was drawn by the side that listens, for
 * one connection, and sent with its greeting, through TLS: who knows it can as well break that connection. The first byte
 * is one that neither TLS nor the length of a greeting begins with.
 */
final class LifelineToken {
    static final int TOKEN_BYTES = 16;
    static final int BYTES = 4 + TOKEN_BYTES;
    static final byte FIRST = (byte) 0xFF;
    private static final byte[] MAGIC = {FIRST, 'H', 'F', 'L'};
    private static final byte[] NO_TOKEN = new byte[TOKEN_BYTES];

    private final SecureRandom random;

    /** @param wanted whether the peer is asked for lifelines */
    LifelineToken(final boolean wanted) {
        try {
            // Named, because the first provider's randomness may be the recorded one of the application.
            random = wanted ? SecureRandom.getInstance("NativePRNG", "SUN") : null;
        } catch (final NoSuchAlgorithmException | java.security.NoSuchProviderException e) {
            throw new IllegalStateException("this JDK has no NativePRNG", e);
        }
    }

    /** For one connection: what the peer's lifeline has to say; all zeros if none is wanted. */
    byte[] newToken() {
        final byte[] token = new byte[TOKEN_BYTES];
        if (random != null) {
            random.nextBytes(token);
        }
        return token;
    }

    static boolean isToken(final byte[] token) {
        return token != null && !MessageDigest.isEqual(token, NO_TOKEN);
    }

    static byte[] of(final byte[] token) {
        final byte[] words = new byte[BYTES];
        System.arraycopy(MAGIC, 0, words, 0, MAGIC.length);
        System.arraycopy(token, 0, words, MAGIC.length, TOKEN_BYTES);
        return words;
    }

    /** Whether the bytes are the words for that token; takes the same time whatever they are. */
    static boolean matches(final byte[] token, final DirectBuffer from, final int offset) {
        final byte[] words = new byte[BYTES];
        new UnsafeBuffer(words).putBytes(0, from, offset, BYTES);
        return isToken(token) && MessageDigest.isEqual(words, of(token));
    }
}
