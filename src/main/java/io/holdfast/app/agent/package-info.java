/**
 * The Java agent: {@code java -javaagent:holdfast.jar=FILE ...} starts a stack from the file and puts it under an
 * unmodified program's NIO channels and {@code java.net} sockets. Sockets that are not at an address of the stack stay the
 * kernel's. {@link io.holdfast.app.launch} is where the JVM enters; {@link io.holdfast.app.agent.AgentMain} is the first
 * class inside. {@code JdkAdvice} changes classes of the JDK at the methods of {@code Place}, and
 * {@link io.holdfast.app.agent.choices} changes calls of clocks and generators; nothing else of the JVM is touched (decision 12).
 */
package io.holdfast.app.agent;
