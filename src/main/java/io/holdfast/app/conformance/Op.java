package io.holdfast.app.conformance;

/** The requests of the protocol, with their numbers on the wire. */
enum Op {
    HELLO(1), SOCKET(2), BIND(3), LISTEN(4), ACCEPT(5), CONNECT(6), RECV(7), SEND(8), SHUTDOWN(9), CLOSE(10), SETOPT(11),
    GETOPT(12), POLL(13), PKT_IN(14), PKT_OUT(15), ADVANCE(16), CONFIG(17);

    private static final Op[] BY_CODE = new Op[32];

    static {
        for (final Op op : values()) {
            BY_CODE[op.code] = op;
        }
    }

    private final int code;

    Op(final int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Op of(final int code) throws MalformedFrameException {
        final Op op = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (op == null) {
            throw new MalformedFrameException("unknown op " + code);
        }
        return op;
    }
}
