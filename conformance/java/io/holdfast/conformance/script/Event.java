package io.holdfast.conformance.script;

/**
 * One step of a script.
 *
 * @param line where it stands, from 1
 * @param text what it says, time included
 */
public record Event(int line, String text, When when, Action action) {
}
