package io.holdfast.os.logging;

/** Severity of a message. */
public enum Level {
    SEVERE, WARNING, INFO
}
