package io.holdfast.app.agent.choices;

import java.util.Random;

/**
 * A generator without a seed of the program's: each draw is a choice, so that one generator can serve many connections.
 * Loaded as {@code java.lang.HoldfastRandom}; see the package. A generator that the program has seeded does not ask any more.
 */
public final class ChosenRandom extends Random {
    private static final long serialVersionUID = 1;

    /** Place where it was made, as of {@link io.holdfast.replay.ChoiceKind#at}: its draws are in order among themselves. */
    private final int place;
    /** False too while the superclass's constructor sets its seed. */
    private boolean unseeded;

    public ChosenRandom() {
        this(0);
    }

    public ChosenRandom(final int place) {
        this.place = place;
        unseeded = true;
    }

    @Override
    public synchronized void setSeed(final long seed) {
        super.setSeed(seed);
        unseeded = false;
    }

    @Override
    protected int next(final int bits) {
        return unseeded ? (int) ChosenValues.draw(place, () -> super.next(bits)) : super.next(bits);
    }

    /** One choice, because the superclass keeps every second number for the next caller, which may serve another connection. */
    @Override
    public double nextGaussian() {
        return unseeded
            ? Double.longBitsToDouble(ChosenValues.draw(place, () -> Double.doubleToRawLongBits(super.nextGaussian())))
            : super.nextGaussian();
    }
}
