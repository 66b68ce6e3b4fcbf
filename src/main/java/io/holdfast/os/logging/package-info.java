/**
 * Stands in for {@code java.util.logging} in the packaged jars, where the build rewrites the library for native calls to use it.
 * That library logs nothing that its exceptions do not say. But asking for a logger initializes the JVM's logging, which is the
 * program's to configure, and needs a module that a small runtime image may lack. Only the methods that the library calls are
 * here.
 */
package io.holdfast.os.logging;
