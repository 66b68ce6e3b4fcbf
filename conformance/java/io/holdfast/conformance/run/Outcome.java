package io.holdfast.conformance.run;

import io.holdfast.conformance.script.Script;

/**
 * Result of a script on one side.
 *
 * @param failure what was not as it says, null if all was
 * @param declared whether it was to fail there
 * @param runs how often it was run: once, or in real time again by itself after it had failed among others
 */
public record Outcome(Script script, Side side, String failure, boolean declared, int runs) {
    /** Passed, or failed as declared. */
    public boolean asExpected() {
        return (failure != null) == declared;
    }

    public boolean passed() {
        return failure == null;
    }

    /** Message for a result that is not as expected. */
    public String report() {
        return failure != null ? "FAIL " + failure
            : "FAIL " + script.name() + " on " + side + " holds, although it is declared as a difference";
    }
}
