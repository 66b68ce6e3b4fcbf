package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exceptions that stop at the shard's boundary: counted always, logged with their stack trace once for each place they
 * come from, so that a flood of frames cannot become a flood of log lines. With the baton only.
 */
final class ErrorLog {
    /** Places remembered; further ones are counted only. */
    private static final int MAX_PLACES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);

    private final Counters counters;
    private final Map<String, Boolean> seen = new HashMap<>();

    ErrorLog(final Counters counters) {
        this.counters = counters;
    }

    void record(final StackCounter counter, final String what, final Throwable error) {
        counters.increment(counter);
        final StackTraceElement[] trace = error.getStackTrace();
        final String place = error.getClass().getName() + (trace.length > 0 ? "@" + trace[0] : "");
        if (seen.size() < MAX_PLACES && seen.put(place, Boolean.TRUE) == null) {
            LOG.error("{}: dropped and counted; further ones from there are counted only", what, error);
        }
    }
}
