package io.holdfast.counters;

/** What the link component counts; ids from 0. */
public enum LinkCounter implements CounterDescriptor {
    PLACEHOLDER("link.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 0;
    private final String label;
    private final String meaning;

    LinkCounter(final String label, final String meaning) {
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
