/**
 * {@code java.net} sockets over the stack: factories for programs that link against Holdfast, and the implementation that
 * the agent puts behind every {@code Socket} and {@code ServerSocket} of a program that does not.
 */
package io.holdfast.net;
