package io.holdfast.conformance.client;

/** The requests of the protocol; the code is the ordinal plus one. */
public enum Op {
    HELLO, SOCKET, BIND, LISTEN, ACCEPT, CONNECT, RECV, SEND, SHUTDOWN, CLOSE, SETOPT, GETOPT, POLL, PKT_IN, PKT_OUT, ADVANCE,
    CONFIG;

    int code() {
        return ordinal() + 1;
    }
}
