package io.holdfast.conformance.robustness;

/** Something that takes bytes from outside. */
interface Target {
    /** Throws if the bytes broke something; what is refused is not broken. */
    void run(byte[] input);
}
