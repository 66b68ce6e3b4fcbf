package io.holdfast.membership;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One change of ownership as this node saw it, for operators. Times on this node's clock.
 *
 * @param heardNs     when the peer was heard last, -1 if never
 * @param decidedNs   when the role changed
 * @param servingNs   when this host, which had been the backup, was ready to speak on every connection; -1: it had not
 * been, or is
 *                    not yet
 * @param connections how many it carried on then
 * @param steps       what happened when, in order: last signs of life, decisions, and what {@link Membership#mark}
 * added
 */
public record Failover(Role from, Role to, long fromEpoch, long toEpoch, Reason reason, String text, long heardNs, long decidedNs,
    long servingNs, int connections, List<Step> steps) {
    /**
     * @param key  what programs know it by; empty if it is for people only
     * @param atNs on this node's clock
     */
    public record Step(String key, String what, long atNs) {
        public static final String HEARD = "heard";
        public static final String DECIDED = "decided";
        public static final String SERVING = "serving";
        /** Mode cold: the program, for which the JVM has waited, begins. */
        public static final String STARTED = "started";

        Step(final String what, final long atNs) {
            this("", what, atNs);
        }
    }

    /** When the first sign of it was. */
    public long beganNs() {
        return steps.isEmpty() ? decidedNs : Math.min(decidedNs, steps.get(0).atNs());
    }

    /** From the peer's last sign of life to the decision; -1 if the peer was not lost. */
    public long detectionNs() {
        return switch (reason) {
            case PEER_DIED, PEER_SILENT, PEER_RESTARTED, PEER_GAVE_UP -> heardNs < 0 ? -1 : decidedNs - heardNs;
            default -> -1;
        };
    }

    /** From the decision until this host was ready to speak on every connection; -1 if it did not take over. */
    public long takeoverNs() {
        return servingNs < 0 ? -1 : servingNs - decidedNs;
    }

    Failover serving(final int carriedOn, final long nowNs) {
        return new Failover(from, to, fromEpoch, toEpoch, reason, text, heardNs, decidedNs, nowNs, carriedOn, steps);
    }

    Failover copy() {
        // Some are told of by other threads, a little later.
        final List<Step> inOrder = new ArrayList<>(steps);
        inOrder.sort(Comparator.comparingLong(Step::atNs));
        return new Failover(from, to, fromEpoch, toEpoch, reason, text, heardNs, decidedNs, servingNs, connections,
            List.copyOf(inOrder));
    }
}
