/**
 * What of {@code holdfast.jar} a program can see: the two entries, for the agent and for the command line, and the class loader
 * that they make. Everything else, libraries included, lies in the jar where no other loader finds it, and is loaded by
 * {@link io.holdfast.app.launch.InnerClassLoader}, so that whatever versions of the same libraries a program brings are
 * the only ones it meets (decision 12). Classes here use nothing but the JDK, and reach the inside by name.
 */
package io.holdfast.app.launch;
