/**
 * Readers: counters, listing, capture, and the control socket through which another process asks for them. Nothing below
 * depends on it; whoever starts a stack for a user (command line, agent) starts a {@code ControlServer} beside it.
 */
package io.holdfast.ops;
