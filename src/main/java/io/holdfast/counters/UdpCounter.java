package io.holdfast.counters;

/** What the udp component counts; ids from 160. */
public enum UdpCounter implements CounterDescriptor {
    PLACEHOLDER("udp.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 160;
    private final String label;
    private final String meaning;

    UdpCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
