package io.holdfast.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.util.SeededRandom;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The bytes of the one message. */
final class MembershipMessageTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MembershipMessage.LENGTH + 16]);

    static MembershipMessage message() {
        final MembershipMessage message = new MembershipMessage();
        message.role = Role.PRIMARY;
        message.dismissing = true;
        message.hearsLan = true;
        message.join = 3;
        message.cluster = MembershipConfig.hash("c");
        message.node = MembershipConfig.hash("peer");
        message.incarnation = 77;
        message.receiver = 78;
        message.epoch = 5;
        message.serial = 9;
        message.position = 1L << 40;
        message.gate = 12;
        message.finalPosition = 13;
        message.handover = 14;
        message.cancelled = 15;
        message.sentNs = 16;
        message.echoNs = MembershipMessage.NO_TIME;
        message.preparing = true;
        message.behindBytes = 17;
        message.behindPosition = 18;
        message.detectNs = 19;
        message.needsNs = 20;
        message.named = 21;
        message.leader = 22;
        return message;
    }

    private MembershipCounter decode(final MembershipMessage into, final int length) {
        return into.decode(buffer, 8, length);
    }

    @Test
    void shouldCarryEveryField() {
        message().encode(buffer, 8);
        final MembershipMessage read = new MembershipMessage();
        assertNull(decode(read, MembershipMessage.LENGTH));
        final UnsafeBuffer again = new UnsafeBuffer(new byte[buffer.capacity()]);
        read.encode(again, 8);
        assertEquals(buffer, again);
        assertEquals(1L << 40, read.position);
        assertEquals(15, read.cancelled);
        assertEquals(17, read.behindBytes);
        assertEquals(18, read.behindPosition);
        assertEquals(19, read.detectNs);
        assertEquals(20, read.needsNs);
        assertEquals(21, read.named);
        assertEquals(22, read.leader);
        assertEquals(MembershipMessage.NO_TIME, read.echoNs);
    }

    @Test
    void shouldRefuseAnotherVersionAndWhatIsImpossible() {
        refuse(MembershipCounter.REFUSED_VERSION, message -> { }, 1, MembershipMessage.VERSION + 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> { }, 0, 2);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> { }, 2, 99);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> { }, 3, 0x80);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.epoch = 0, 0, 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.epoch = 1L << 31, 0, 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.serial = 0, 0, 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.incarnation = 0, 0, 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.join = -1, 0, 1);
        refuse(MembershipCounter.REFUSED_MALFORMED, message -> message.leader = 1L << 31, 0, 1);
    }

    private void refuse(
        final MembershipCounter expected, final Consumer<MembershipMessage> change, final int at, final int value) {
        final MembershipMessage message = message();
        change.accept(message);
        message.encode(buffer, 8);
        buffer.putByte(8 + at, (byte) value);
        assertEquals(expected, decode(new MembershipMessage(), MembershipMessage.LENGTH));
    }

    @Test
    void shouldRefuseEveryOtherLength() {
        message().encode(buffer, 8);
        for (int length = 0; length < MembershipMessage.LENGTH; length++) {
            assertEquals(MembershipCounter.REFUSED_MALFORMED, decode(new MembershipMessage(), length));
        }
    }

    @Test
    void shouldReadOrRefuseAnyBytes() {
        final SeededRandom random = new SeededRandom(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            message().encode(buffer, 8);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                final int at = 8 + random.nextInt(MembershipMessage.LENGTH);
                buffer.putByte(at, (byte) (buffer.getByte(at) ^ 1 << random.nextInt(8)));
            }
            final MembershipMessage read = new MembershipMessage();
            if (decode(read, MembershipMessage.LENGTH) != null) {
                refused++;
            } else {
                final UnsafeBuffer again = new UnsafeBuffer(new byte[buffer.capacity()]);
                read.encode(again, 8);
                assertEquals(buffer, again);
            }
        }
        assertEquals(true, refused > 1_000 && refused < 19_000);
    }
}
