package io.holdfast.counters;

/** What the stack component counts; ids from 352. */
public enum StackCounter implements CounterDescriptor {
    PLACEHOLDER("stack.placeholder", "Replaced by the component's owner.");

    private static final int FIRST_ID = 352;
    private final String label;
    private final String meaning;

    StackCounter(final String label, final String meaning) {
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
