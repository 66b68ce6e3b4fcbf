package io.holdfast.counters;

/** What the ip component counts; ids from 64. */
public enum IpCounter implements CounterDescriptor {
    PLACEHOLDER("ip.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 64;
    private final String label;
    private final String meaning;

    IpCounter(final String label, final String meaning) {
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
