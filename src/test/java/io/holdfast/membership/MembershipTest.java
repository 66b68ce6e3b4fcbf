package io.holdfast.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** One node against a peer that says anything. */
final class MembershipTest {
    private static final long MS = 1_000_000;

    private final Counters counters = new Counters();
    private final List<Role> roles = new ArrayList<>();
    private final List<MembershipMessage> sent = new ArrayList<>();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MembershipMessage.LENGTH]);
    private long position;
    private long nowNs = 1_000 * MS;
    private final Membership membership = new Membership(config(), new Recorder(), nowNs);

    private final class Recorder implements MembershipListener {
        @Override
        public void onRole(final Role from, final Role to, final long epoch, final Reason reason, final long atNs) {
            assertFalse(membership.mayDepart(atNs), "nothing departs while the role changes");
            roles.add(to);
        }

        @Override
        public void send(final int host, final Path path, final DirectBuffer from, final int offset, final int length) {
            final MembershipMessage message = new MembershipMessage();
            assertEquals(null, message.decode(from, offset, length));
            sent.add(message);
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void onAttach(final int join, final long atNs) {
        }

        @Override
        public void onDetach(final int join, final long atNs) {
        }

        @Override
        public void onJoin(final int join, final long epoch, final long atNs) {
            position = 0;
        }

        @Override
        public void onReset(final long atNs) {
            position = 0;
        }

        @Override
        public void onHold(final long atNs) {
        }

        @Override
        public void onFlush(final long behindBytes, final long atNs) {
        }

        @Override
        public void onFlushCancelled(final long atNs) {
        }

        @Override
        public void onStalled(final int host, final Path path, final long atNs) {
        }
    }

    private MembershipConfig config() {
        return new MembershipConfig().cluster("c").node("self").incarnation(78).preferPrimary(true).counters(counters);
    }

    private void hear(final MembershipMessage message) {
        message.encode(buffer, 0);
        membership.onMessage(0, Path.REPLICATION, buffer, 0, MembershipMessage.LENGTH, nowNs);
    }

    private MembershipMessage peer(final Role role, final long epoch, final long serial) {
        final MembershipMessage message = MembershipMessageTest.message();
        message.role = role;
        message.dismissing = false;
        message.epoch = epoch;
        message.serial = serial;
        message.join = 0;
        message.gate = 0;
        message.handover = 0;
        message.cancelled = 0;
        message.detectNs = 100 * MS;
        return message;
    }

    private void startAlone() {
        membership.onPathUp(0, Path.REPLICATION, nowNs);
        while (membership.role() != Role.SOLO) {
            nowNs = membership.nextDeadlineNs();
            membership.onTimer(nowNs);
        }
    }

    @Test
    void shouldCountWhatItRefuses() {
        membership.onPathUp(0, Path.REPLICATION, nowNs);
        final MembershipMessage foreign = peer(Role.SOLO, 9, 1);
        foreign.cluster++;
        hear(foreign);
        final MembershipMessage own = peer(Role.SOLO, 9, 1);
        own.node = MembershipConfig.hash("self");
        hear(own);
        final MembershipMessage future = peer(Role.SOLO, 9, 1);
        future.echoNs = nowNs + 1;
        hear(future);
        membership.onMessage(0, Path.REPLICATION, buffer, 0, 3, nowNs);
        buffer.putByte(1, (byte) 9);
        membership.onMessage(0, Path.REPLICATION, buffer, 0, MembershipMessage.LENGTH, nowNs);
        assertEquals(1, counters.get(MembershipCounter.REFUSED_CLUSTER));
        assertEquals(1, counters.get(MembershipCounter.REFUSED_SELF));
        assertEquals(2, counters.get(MembershipCounter.REFUSED_MALFORMED));
        assertEquals(1, counters.get(MembershipCounter.REFUSED_VERSION));
        assertEquals(List.of(), roles, "none of it was heard");
    }

    @Test
    void shouldAnswerALowerEpochWithItsOwnAndObeyAHigherOne() {
        startAlone();
        assertEquals(1, membership.epoch());
        hear(peer(Role.JOINING, 5, 1));
        assertEquals(6, membership.epoch(), "a joiner knew of an epoch that nobody owns");
        sent.clear();
        hear(peer(Role.SOLO, 4, 2));
        assertEquals(1, counters.get(MembershipCounter.REFUSED_EPOCH));
        assertEquals(6, sent.get(0).epoch);
        assertEquals(Role.SOLO, membership.role());
        assertTrue(membership.mayDepart(nowNs));
        hear(peer(Role.SOLO, 7, 3));
        assertEquals(List.of(Role.SOLO, Role.SOLO, Role.FENCED, Role.JOINING), roles);
        assertFalse(membership.mayDepart(nowNs));
        hear(peer(Role.PRIMARY, 7, 2));
        assertEquals(Role.JOINING, membership.role(), "what was said earlier does not count");
    }

    @Test
    void shouldHearNothingMoreFromAProcessThatIsGone() {
        startAlone();
        hear(peer(Role.STARTING, 0, 50));
        final MembershipMessage next = peer(Role.STARTING, 0, 1);
        next.incarnation = 1_000;
        hear(next);
        hear(peer(Role.SOLO, 99, 51));
        assertEquals(Role.SOLO, membership.role());
        assertEquals(1, counters.get(MembershipCounter.REFUSED_RETIRED));
    }

    @Test
    void shouldLetItselfBeHeardWhileItIsBusyAndDecideNothing() {
        membership.onPathUp(0, Path.REPLICATION, nowNs);
        sent.clear();
        membership.onBusy(nowNs);
        assertEquals(0, sent.size(), "before the next heartbeat is due");
        // Long after it would have gone on alone.
        for (int beats = 1; beats < 1_000; beats++) {
            nowNs += 10 * MS;
            membership.onBusy(nowNs);
            assertEquals(beats, sent.size());
            assertEquals(nowNs, sent.get(beats - 1).sentNs);
        }
        assertEquals(Role.STARTING, membership.role());
        startAlone();
    }

    @Test
    void shouldKeepTheTimelineOfItsFailovers() {
        membership.onPathUp(0, Path.REPLICATION, nowNs);
        hear(peer(Role.SOLO, 3, 1));
        final MembershipMessage gated = peer(Role.PRIMARY, 3, 2);
        gated.join = 1;
        gated.gate = 40;
        gated.echoNs = nowNs;
        hear(gated);
        assertEquals(Role.JOINING, membership.role(), "the gate's position is not stored yet");
        position = 40;
        membership.onTimer(nowNs);
        assertEquals(Role.BACKUP, membership.role());
        assertTrue(membership.isReady(nowNs));
        final long heardNs = nowNs;
        while (membership.role() == Role.BACKUP) {
            nowNs = membership.nextDeadlineNs();
            membership.onTimer(nowNs);
        }
        assertEquals(heardNs + 100 * MS, nowNs);
        membership.mark("address announced", nowNs + MS);
        final Failover failover = membership.status(nowNs).failovers().get(0);
        assertEquals(Reason.PEER_SILENT, failover.reason());
        assertEquals(4, failover.toEpoch());
        assertEquals(heardNs, failover.steps().get(0).atNs());
        assertEquals(new Failover.Step("address announced", nowNs + MS),
            failover.steps().get(failover.steps().size() - 1));
        assertEquals(1, counters.get(MembershipCounter.TAKEOVERS));
        assertEquals(Role.SOLO.code(), counters.get(MembershipCounter.ROLE));
        assertEquals(4, counters.get(MembershipCounter.EPOCH));
    }

    @Test
    void shouldRaiseTheEpochOfAPrimaryThatWaitsForABackup() {
        final Membership blocked = new Membership(config().onLoss(OnLoss.BLOCK), new Recorder(), nowNs);
        blocked.onPathUp(0, Path.REPLICATION, nowNs);
        while (blocked.role() != Role.SOLO) {
            nowNs = blocked.nextDeadlineNs();
            blocked.onTimer(nowNs);
        }
        final MembershipMessage joiner = peer(Role.JOINING, 1, 1);
        joiner.join = 1;
        joiner.echoNs = nowNs;
        joiner.encode(buffer, 0);
        blocked.onMessage(0, Path.REPLICATION, buffer, 0, MembershipMessage.LENGTH, nowNs);
        blocked.onCaughtUp(1, nowNs);
        assertEquals(Role.PRIMARY, blocked.role());
        assertTrue(blocked.mayDepart(nowNs));
        final MembershipMessage next = peer(Role.STARTING, 9, 1);
        next.incarnation = 1_000;
        next.encode(buffer, 0);
        blocked.onMessage(0, Path.REPLICATION, buffer, 0, MembershipMessage.LENGTH, nowNs);
        assertEquals(List.of(Role.SOLO, Role.PRIMARY, Role.PRIMARY), roles);
        assertEquals(10, blocked.epoch(), "an empty node that knows of a higher epoch could never join");
        assertEquals(Phase.WAITING_FOR_BACKUP, blocked.status(nowNs).phase());
        assertFalse(blocked.mayDepart(nowNs));
    }

    /** Whatever a peer says, and whatever becomes of the paths: no check of this program's own fails, epochs grow. */
    @Test
    void shouldBearAnyPeer() {
        for (int seed = 1; seed <= 300; seed++) {
            final MembershipTest world = new MembershipTest();
            world.disturb(new SeededRandom(seed));
        }
    }

    private void disturb(final SeededRandom random) {
        long serial = 0;
        long epoch = 0;
        for (int i = 0; i < 400; i++) {
            nowNs += random.nextInt(30) == 0 ? 500 * MS : random.nextInt(15) * MS;
            final Path path = Path.values()[random.nextInt(2)];
            switch (random.nextInt(12)) {
                case 0:
                    membership.onPathUp(0, path, nowNs);
                    break;
                case 1:
                    membership.onPathDown(0, path, PathLoss.values()[random.nextInt(4)], "", nowNs);
                    break;
                case 2:
                    membership.onCaughtUp(random.nextInt(4), nowNs);
                    membership.onBackupMissed("", nowNs);
                    break;
                case 3:
                    membership.requestSwitchover(nowNs);
                    membership.onFlushed(position, nowNs);
                    break;
                case 4:
                    if (random.nextInt(8) == 0) {
                        membership.forceSolo(nowNs);
                    }
                    membership.onWitness(random.nextInt(9), random.nextInt(2) == 0, nowNs);
                    break;
                case 5:
                    membership.onTimer(nowNs);
                    break;
                default:
                    final MembershipMessage message = peer(Role.values()[random.nextInt(6)], 1 + random.nextInt(8), 1);
                    serial += random.nextInt(4);
                    message.serial = Math.max(1, serial - random.nextInt(3));
                    message.incarnation = 500 + random.nextInt(20) * random.nextInt(2);
                    message.join = random.nextInt(4);
                    message.dismissing = random.nextInt(8) == 0;
                    message.handingOver = random.nextInt(6) == 0;
                    message.cancelling = random.nextInt(6) == 0;
                    message.handover = random.nextInt(3);
                    message.cancelled = random.nextInt(3);
                    message.gate = random.nextInt(2);
                    message.echoNs = nowNs - random.nextInt(100) * MS;
                    message.encode(buffer, 0);
                    membership.onMessage(0, path, buffer, 0, MembershipMessage.LENGTH, nowNs);
                    break;
            }
            assertTrue(membership.epoch() >= epoch);
            epoch = membership.epoch();
            assertTrue(membership.role().isOwner() || !membership.mayDepart(nowNs));
            assertTrue(membership.nextDeadlineNs() > nowNs - 1);
        }
    }

    @Test
    void shouldNameWhatAConfigurationLacks() {
        assertThrows(IllegalArgumentException.class, () -> new MembershipConfig().node("a").incarnation(1).validate());
        assertThrows(IllegalArgumentException.class, () -> config().incarnation(0).validate());
        assertThrows(IllegalArgumentException.class, () -> config().soloMs(40).validate());
        assertThrows(IllegalArgumentException.class, () -> config().leaseMs(100).validate());
        assertThrows(IllegalArgumentException.class, () -> config().lanMs(100).validate());
        assertThrows(IllegalArgumentException.class, () -> config().heartbeatMs(50).validate());
        config().validate();
    }

    @Test
    void shouldHaveCountersOfItsOwn() {
        assertEquals(MembershipCounter.values().length,
            Arrays.stream(MembershipCounter.values()).mapToInt(CounterDescriptor::id).distinct().count());
        assertTrue(Arrays.stream(MembershipCounter.values())
            .allMatch(counter -> counter.id() >= 464 && counter.id() < Counters.CAPACITY));
    }
}
