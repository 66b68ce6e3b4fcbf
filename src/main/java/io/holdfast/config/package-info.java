/**
 * Settings of a stack: keys, limits and texts; from code, a file, or system properties. Not for several threads at once.
 *
 * <p>Components above have keys of their own ({@code replication.*}, {@code membership.*}, {@code agent.*}) and report unknown
 * ones themselves. What may not live here: code that runs a stack.
 */
package io.holdfast.config;
