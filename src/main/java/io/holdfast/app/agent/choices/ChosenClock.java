package io.holdfast.app.agent.choices;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** The system's clock as the connection's primary reads it. Loaded as {@code java.lang.HoldfastClock}; see the package. */
public final class ChosenClock extends Clock {
    private final ZoneId zone;

    ChosenClock(final ZoneId zone) {
        this.zone = java.util.Objects.requireNonNull(zone, "zone");
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(final ZoneId other) {
        return other.equals(zone) ? this : new ChosenClock(other);
    }

    @Override
    public long millis() {
        return ChosenValues.millis();
    }

    @Override
    public Instant instant() {
        return ChosenValues.instant();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ChosenClock clock && clock.zone.equals(zone);
    }

    @Override
    public int hashCode() {
        return zone.hashCode() + 1;
    }

    @Override
    public String toString() {
        return "SystemClock[" + zone + "]";
    }
}
