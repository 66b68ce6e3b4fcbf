package io.holdfast.conformance.script;

import java.util.List;
import java.util.Map;

/** Action of a step. */
public sealed interface Action {
    /** A segment from the peer. */
    record TcpIn(TcpSpec segment) implements Action {
    }

    /** An ICMP error from the network about a segment that the stack sent. */
    record IcmpIn(IcmpSpec error) implements Action {
    }

    /** A segment that the stack is to send, perhaps in several packets. */
    record TcpOut(TcpSpec segment) implements Action {
    }

    /**
     * A system call.
     *
     * @param result what it is to return: zero or more, or minus an errno; null if that does not matter
     */
    record Call(String name, List<String> arguments, Integer result) implements Action {
    }

    /** Conditions on TCP_INFO of the socket that was opened last. */
    record Assertions(List<Expression> conditions) implements Action {
    }

    /** Settings of the stack, by the agent's keys. */
    record Settings(Map<String, String> values) implements Action {
    }
}
