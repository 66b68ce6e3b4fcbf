package io.holdfast.tcp;

/**
 * How large a segment may be: the peer's MSS, the path, the application's TCP_MAXSEG, half of the largest window the
 * peer ever offered (RFC 1122 4.2.2.6, 4.2.3.4), less options. Bytes of payload.
 */
final class Mss {
    private static final int TIMESTAMP_BYTES = 12;
    private static final int DEFAULT_MSS = 536;
    private static final int MIN_PAYLOAD = 8;

    private final int minMss;
    private final int userMss;
    private int pathMss;
    private int peerMss = DEFAULT_MSS;
    private int optionBytes;
    private long maxWindow;
    private int full;

    /**
     * @param pathMss path MTU less IP and TCP headers without options
     * @param userMss TCP_MAXSEG, 0 if not set
     */
    Mss(final int pathMss, final int userMss, final int minMss) {
        this.pathMss = pathMss;
        this.userMss = userMss;
        this.minMss = minMss;
        update();
    }

    /** What to put into a SYN. */
    int advertised() {
        return userMss > 0 ? Math.min(userMss, pathMss) : pathMss;
    }

    void negotiated(final int peer, final boolean timestamps) {
        peerMss = Math.max(peer == 0 ? DEFAULT_MSS : peer, minMss);
        optionBytes = timestamps ? TIMESTAMP_BYTES : 0;
        update();
    }

    void path(final int mss) {
        pathMss = Math.max(mss, minMss);
        update();
    }

    int path() {
        return pathMss;
    }

    void onWindow(final long max) {
        maxWindow = max;
        update();
    }

    /** Payload of a full segment that carries no SACK ranges. */
    int full() {
        return full;
    }

    private void update() {
        int mss = Math.min(pathMss, peerMss);
        if (userMss > 0) {
            mss = Math.min(mss, userMss);
        }
        mss -= optionBytes;
        if (maxWindow > 0) {
            final long half = maxWindow > DEFAULT_MSS ? maxWindow >> 1 : maxWindow;
            if (mss > half) {
                mss = (int) Math.max(half, 68 - 40 - optionBytes);
            }
        }
        full = Math.max(MIN_PAYLOAD, mss);
    }
}
