/**
 * What can be set of a stack: its keys, their limits and their texts; from code, a file, or system properties. Not for several
 * threads at once.
 *
 * <p>A component above has keys of its own ({@code replication.*}, {@code membership.*}, {@code agent.*}) and tells unknown ones
 * of them itself. What may not live here: anything that runs.
 */
package io.holdfast.config;
