package io.holdfast.tcp;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.tcp.recovery.RecoveryEvent;
import io.holdfast.tcp.recovery.RecoveryListener;

/** Counts what loss recovery reports; the same for all connections of a stack. Ids from 288. */
public final class RecoveryCounters implements RecoveryListener {
    private record Descriptor(int id, String label, String meaning) implements CounterDescriptor {
    }

    private static final int FIRST_ID = 288;
    private static final CounterDescriptor[] DESCRIPTORS = new CounterDescriptor[RecoveryEvent.values().length];

    static {
        for (final RecoveryEvent event : RecoveryEvent.values()) {
            DESCRIPTORS[event.ordinal()] = new Descriptor(FIRST_ID + event.ordinal(), event.label(), event.meaning());
        }
    }

    private final Counters counters;

    RecoveryCounters(final Counters counters) {
        this.counters = counters;
    }

    /** What is counted, for readers. */
    public static CounterDescriptor[] descriptors() {
        return DESCRIPTORS.clone();
    }

    @Override
    public void onRecoveryEvent(final RecoveryEvent event, final int count) {
        counters.add(DESCRIPTORS[event.ordinal()], count);
    }
}
