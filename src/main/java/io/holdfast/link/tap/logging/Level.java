package io.holdfast.link.tap.logging;

/** How much a message would matter. */
public enum Level {
    SEVERE, WARNING, INFO
}
