/**
 * Readers: counters, listing, capture, and the control socket through which another process asks for them. No lower package
 * depends on this one. Code that starts a stack for a user (command line, agent) starts a {@code ControlServer} beside it.
 */
package io.holdfast.ops;
