/**
 * The Java agent: {@code java -javaagent:holdfast.jar=FILE ...} starts a stack from the file and puts it under an
 * unmodified program's NIO channels and {@code java.net} sockets. Whatever is not at an address of the stack stays the
 * kernel's. {@link io.holdfast.app.launch} is where the JVM enters; {@link io.holdfast.app.agent.AgentMain} is the first
 * class inside. What is done to the JDK's classes is done by {@code JdkAdvice} at the methods of {@code Place}, and by
 * {@link io.holdfast.app.agent.choices}; nothing else of the JVM is touched (decision 12).
 */
package io.holdfast.app.agent;
