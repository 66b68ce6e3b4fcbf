package io.holdfast.app.conformance;

/** PKT_OUT: the next packet of the stack, or nothing once the deadline has come. */
final class PacketOut implements Action {
    private final long deadlineUs;
    private long deadlineNs;

    PacketOut(final long deadlineUs) {
        this.deadlineUs = deadlineUs;
    }

    @Override
    public boolean run(final Session session, final Reply reply) {
        final SessionClock clock = session.clock();
        deadlineNs = clock.toNs(deadlineUs);
        session.invokeStack();
        final BareIpLink.Departure departure = clock.isVirtual() ? session.advanceToDeparture(deadlineNs)
            : session.link().fetch();
        if (departure != null) {
            reply.i64(clock.toUs(departure.timeNs())).bytes(departure.packet());
            return true;
        }
        return clock.nowNs() >= deadlineNs;
    }

    @Override
    public long deadlineNs() {
        return deadlineNs;
    }
}
