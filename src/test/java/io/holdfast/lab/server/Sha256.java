package io.holdfast.lab.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hash of an uploaded body, by which the client can tell whether the server got all of it unchanged. */
final class Sha256 {
    private Sha256() {
    }

    /** Reads to the end, at the pace; answers "HASH SIZE" and the end of a line, the hash in hexadecimal. */
    static byte[] answer(final InputStream body, final Pace pace) throws IOException {
        final MessageDigest digest = digest();
        final byte[] buffer = new byte[pace.sliceBytes()];
        long size = 0;
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            digest.update(buffer, 0, n);
            size += n;
            pace.moved(n);
        }
        return (HexFormat.of().formatHex(digest.digest()) + " " + size + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
