package io.holdfast.stack;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The news that an error has stopped a shard. Any thread. */
final class StopNews {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final Set<Consumer<Throwable>> listeners = ConcurrentHashMap.newKeySet();

    /**
     * @param cause what has stopped the shard, so that the listener is told at once; null if nothing has
     */
    void add(final Consumer<Throwable> listener, final Throwable cause) {
        listeners.add(listener);
        if (cause != null && listeners.remove(listener)) {
            listener.accept(cause);
        }
    }

    /** Who is to be silent comes first, the operator next; neither keeps the other from hearing of it, whatever it throws. */
    void tell(final Throwable cause) {
        for (final Consumer<Throwable> listener : listeners) {
            try {
                if (listeners.remove(listener)) {
                    listener.accept(cause);
                }
            } catch (final Throwable e) {
                cause.addSuppressed(e);
            }
        }
        LOG.error("the stack has stopped for good: an error went through the middle of its work, and may have torn its state", cause);
    }
}
