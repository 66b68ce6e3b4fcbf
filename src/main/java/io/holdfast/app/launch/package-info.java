/**
 * The part of {@code holdfast.jar} that a program can see: the two entries, for the agent and for the command line, and the class
 * loader that they make. Everything else, libraries included, lies in the jar where no other loader finds it, and is loaded by
 * {@link io.holdfast.app.launch.InnerClassLoader}, so that a program meets only its own versions of the same libraries (decision
 * 12). Classes in this package use only the JDK, and reach the inside by name.
 */
package io.holdfast.app.launch;
