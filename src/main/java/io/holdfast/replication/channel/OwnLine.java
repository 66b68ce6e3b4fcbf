package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import io.holdfast.os.Lifeline;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's lifeline for the connection of one path. It is made with the connection, and again, later and later, when it
 * could not be opened (a listener that many connections come to answers some of them after seconds) or ended before the
 * connection did. The replicator's thread only.
 */
final class OwnLine {
    static final long FIRST_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(200);
    static final long MOST_AGAIN_NS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private final Path path;
    private final InetSocketAddress from;
    private final InetSocketAddress to;
    private final Counters counters;
    /** null while there is none, and none is being made. */
    private Lifeline line;
    /** What it says; null if the peer wants none. */
    private byte[] words;
    private long againNs;
    private long dueNs;
    private boolean warned;

    /** @param from of which the address counts */
    OwnLine(final Path path, final InetSocketAddress from, final InetSocketAddress to, final Counters counters) {
        this.path = path;
        this.from = from;
        this.to = to;
        this.counters = counters;
    }

    /** A connection is up, for which the peer wants to hear that token; of zeros, or null, for none. */
    void begin(final byte[] token, final long nowNs) {
        end();
        if (LifelineToken.isToken(token)) {
            words = LifelineToken.of(token);
            againNs = FIRST_AGAIN_NS;
            warned = false;
            line = Lifeline.open(from, to, words);
        }
    }

    /** The connection is down: the peer closes the line that belonged to it. */
    void end() {
        line = null;
        words = null;
    }

    /** Looks whether it is there still. */
    void poll(final long nowNs) {
        if (words == null) {
            return;
        }
        if (line == null) {
            if (nowNs - dueNs >= 0) {
                line = Lifeline.open(from, to, words);
            }
        } else if (line.failure() != null) {
            counters.increment(ChannelCounter.LIFELINES_FAILED);
            if (!warned) {
                LOG.warn("{} path: no lifeline to the peer, which would notice this process's death later: {}{}", path, line.failure(),
                    line.isHopeless() ? "" : "; it is tried again");
            }
            warned = true;
            again(nowNs);
        } else if (line.ended()) {
            again(nowNs);
        } else if (warned && line.said()) {
            warned = false;
            LOG.info("{} path: a lifeline to the peer is there now", path);
        }
    }

    private void again(final long nowNs) {
        if (line.isHopeless()) {
            end();
            return;
        }
        line = null;
        dueNs = nowNs + againNs;
        againNs = Math.min(2 * againNs, MOST_AGAIN_NS);
    }

    /** How long nothing happens here by itself. */
    long idleNs(final long nowNs) {
        return words == null || line != null ? Long.MAX_VALUE : Math.max(0, dueNs - nowNs);
    }
}
