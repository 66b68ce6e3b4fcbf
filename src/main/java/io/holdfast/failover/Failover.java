package io.holdfast.failover;

import java.util.List;

/**
 * One change of ownership as this node saw it, for operators.
 *
 * @param steps what happened when, in order: last signs of life, decisions, and what {@link Membership#mark} added
 */
public record Failover(Role from, Role to, long fromEpoch, long toEpoch, Reason reason, String text, List<Step> steps) {
    /**
     * @param atNs on this node's clock
     */
    public record Step(String what, long atNs) {
    }
}
