package io.holdfast.conformance.run;

/** Something was not as the script says. */
final class ScriptFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String actual;

    ScriptFailure(final String message, final Object expected, final Object actual) {
        super(message);
        this.expected = String.valueOf(expected);
        this.actual = String.valueOf(actual);
    }

    String actual() {
        return actual;
    }

    /** Both sides, one beside the other. */
    String table() {
        final int width = Math.max(8, Math.min(70, expected.length()));
        return String.format("    %-" + width + "s | %s%n    %-" + width + "s | %s%n    differs: %s", "expected", "actual", expected,
            actual, getMessage());
    }
}
