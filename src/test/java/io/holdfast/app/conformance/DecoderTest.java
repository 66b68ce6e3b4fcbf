package io.holdfast.app.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private final List<ByteBuffer> replies = new ArrayList<>();
    private final Session session = new Session(replies::add);

    @Test
    void shouldRefuseBytesLeftOver() throws Exception {
        final Request request = request(Op.CLOSE, new byte[5]);

        assertThrows(MalformedFrameException.class, () -> Decoder.decode(request));
    }

    @Test
    void shouldRefuseAddressOfOddLength() throws Exception {
        final Request request = request(Op.BIND, new byte[]{0, 0, 0, 3, 5, 1, 2, 3, 4, 5, 0, 80});

        assertThrows(MalformedFrameException.class, () -> Decoder.decode(request));
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() throws Exception {
        final Request request = request(Op.CONFIG, new byte[]{0, 1, (byte) 0xFF, 0, 0});

        assertThrows(MalformedFrameException.class, () -> Decoder.decode(request));
    }

    @Test
    void shouldWantHelloFirst() throws Exception {
        session.execute(request(Op.SOCKET, new byte[]{4, 1, 0, 0}));

        assertReply(0, Op.SOCKET, -Errno.EINVAL);
    }

    @Test
    void shouldTakeConfigurationBeforeHello() throws Exception {
        session.execute(request(Op.CONFIG, strings("tcp.initial_cwnd", "4")));
        session.execute(request(Op.CONFIG, strings("tcp.unheard_of", "maybe")));
        session.execute(request(Op.CONFIG, strings("tcp.congestion", "vegas")));
        session.execute(request(Op.CONFIG, strings("tcp.sack", "several")));

        assertReply(0, Op.CONFIG, 0);
        assertReply(1, Op.CONFIG, 0);
        assertReply(2, Op.CONFIG, -Errno.ENOENT);
        assertReply(3, Op.CONFIG, -Errno.EINVAL);
        assertEquals(4, session.config.tcp.initialCwndSegments);
    }

    private void assertReply(final int index, final Op op, final int result) {
        final ByteBuffer reply = replies.get(index);
        assertEquals(reply.remaining() - 4, reply.getInt(0));
        assertEquals(op.code() | 0x80, reply.get(4) & 0xFF);
        assertEquals(7, reply.getInt(8));
        assertEquals(result, reply.getInt(20));
    }

    private static byte[] strings(final String... values) throws Exception {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final DataOutputStream out = new DataOutputStream(bytes);
        for (final String value : values) {
            out.writeUTF(value);
        }
        return bytes.toByteArray();
    }

    private static Request request(final Op op, final byte[] body) throws Exception {
        return FrameReaderTest.reader(FrameReaderTest.frame(op.code(), 0, 0, 7, 0, body)).next();
    }
}
