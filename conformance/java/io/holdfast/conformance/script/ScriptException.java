package io.holdfast.conformance.script;

/** A script that cannot be read. */
public final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScriptException(final String message) {
        super(message);
    }

    /** The same, with the place. */
    ScriptException at(final String name, final int line) {
        return new ScriptException(name + ":" + line + ": " + getMessage());
    }
}
