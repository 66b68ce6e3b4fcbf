package io.holdfast.counters;

/** What the icmp component counts; ids from 128. */
public enum IcmpCounter implements CounterDescriptor {
    PLACEHOLDER("icmp.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 128;
    private final String label;
    private final String meaning;

    IcmpCounter(final String label, final String meaning) {
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
