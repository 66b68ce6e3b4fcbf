package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts every connection that was closed for a fault, and logs one a second at most: strangers cannot fill a disk. */
final class Rejections {
    private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);
    private static final long LOG_INTERVAL_NS = 1_000_000_000L;

    private final Counters counters;
    private long lastLogNs;
    private boolean logged;
    private long unlogged;

    Rejections(final Counters counters) {
        this.counters = counters;
    }

    /**
     * @param otherwise the counter of failures that are neither the peer's fault nor TLS's
     */
    void record(
        final Path path, final Object peer, final IOException error, final ChannelCounter otherwise, final long nowNs) {
        if (error instanceof Refusal) {
            counters.increment(((Refusal) error).counter());
            if (((Refusal) error).counter() == ChannelCounter.WRONG_SIDE) {
                return; // Nobody's fault: names were not known yet.
            }
        } else if (error instanceof SSLException) {
            counters.increment(ChannelCounter.REFUSED_TLS);
        } else {
            counters.increment(otherwise);
        }
        if (logged && nowNs - lastLogNs < LOG_INTERVAL_NS) {
            unlogged++;
            return;
        }
        logged = true;
        lastLogNs = nowNs;
        LOG.warn("{} path: connection with {} closed: {}{}", path, peer, reason(error),
            unlogged == 0 ? "" : " (" + unlogged + " more since the last such line)");
        unlogged = 0;
    }

    /** One line, without control characters: parts of it may come from a stranger. */
    static String reason(final Throwable error) {
        final String message = error.getMessage();
        final String text = error instanceof SSLException ? "TLS: " + message
            : message == null ? error.getClass().getSimpleName() : message;
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
