package io.holdfast.app.agent.choices;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiFunction;

/**
 * Return values of {@link ChosenMethods} pass through it. Loaded as {@code java.lang.HoldfastResults}; see the package. A result
 * follows the primary's, however the method computed it.
 */
public final class ChosenResults {
    /** Chooses, given the kind and the program's own result as bytes, of which the first says whether there is one. */
    public static volatile BiFunction<Integer, byte[], byte[]> chooser;

    private static final byte[] NULL = {0};

    private ChosenResults() {
    }

    public static String result(final String own, final int kind) {
        final byte[] chosen = chosen(own == null ? null : own.getBytes(StandardCharsets.UTF_8), kind);
        return chosen == null ? null : new String(chosen, StandardCharsets.UTF_8);
    }

    public static byte[] result(final byte[] own, final int kind) {
        return chosen(own, kind);
    }

    public static long result(final long own, final int kind) {
        return ChosenValues.chooser.applyAsLong(kind, () -> own);
    }

    private static byte[] chosen(final byte[] own, final int kind) {
        final byte[] told = own == null ? NULL : new byte[own.length + 1];
        if (own != null) {
            told[0] = 1;
            System.arraycopy(own, 0, told, 1, own.length);
        }
        final byte[] chosen = chooser.apply(kind, told);
        return chosen == told ? own : chosen[0] == 0 ? null : Arrays.copyOfRange(chosen, 1, chosen.length);
    }
}
