/**
 * The Java agent: {@code java -javaagent:holdfast.jar=FILE ...} starts a stack from the file and puts it under an
 * unmodified program's NIO channels and {@code java.net} sockets. Whatever is not at an address of the stack stays the
 * kernel's.
 */
package io.holdfast.app.agent;
