package io.holdfast.counters;

/** What the tcp component counts; ids from 192. */
public enum TcpCounter implements CounterDescriptor {
    PLACEHOLDER("tcp.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 192;
    private final String label;
    private final String meaning;

    TcpCounter(final String label, final String meaning) {
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
