package io.holdfast.os.logging;

/** How much a message would matter. */
public enum Level {
    SEVERE, WARNING, INFO
}
