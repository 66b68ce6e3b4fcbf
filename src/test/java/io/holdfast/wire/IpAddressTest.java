package io.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.77.0.100, 10.77.0.100",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, ::",
        "::, ::",
        "::1, ::1",
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "fe80::, fe80::",
        "::ffff:10.0.0.1, 10.0.0.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"})
    void shouldReadAndWrite(final String text, final String canonical) {
        assertEquals(canonical, IpAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-4", "1.2.3. 4", "a.b.c.d", ":", ":::",
        "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "1.2.3.4::",
        "::1.2.3", "host"})
    void shouldNameWhatIsNoAddress(final String text) {
        final var e = assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
        assertTrue(e.getMessage().contains("'" + text + "'"));
    }

    @Property
    void shouldRoundTrip(@ForAll final long hi, @ForAll final long lo, @ForAll final int v4) throws Exception {
        final IpAddress six = hi == 0 && lo == 0 ? new IpAddress(1, 0) : new IpAddress(hi, lo);
        assertEquals(six, IpAddress.parse(six.toString()));
        assertEquals(InetAddress.getByAddress(six.toBytes()), six.toInetAddress());
        assertEquals(six, IpAddress.of(six.toInetAddress()));
        final IpAddress four = IpAddress.ofV4(v4 == 0 ? 1 : v4);
        assertEquals(four, IpAddress.parse(four.toString()));
        assertEquals(four.toString(), four.toInetAddress().getHostAddress());
        assertEquals(four, IpAddress.of(four.toInetAddress()));
    }

    @Test
    void shouldTakeTheWildcardOfEitherFamilyForAny() throws Exception {
        assertEquals(IpAddress.ANY, IpAddress.of(InetAddress.getByAddress(new byte[4])));
        assertEquals(IpAddress.ANY, IpAddress.of(InetAddress.getByAddress(new byte[16])));
        assertEquals("0.0.0.0", IpAddress.ANY.toInetAddress().getHostAddress());
    }

    @Test
    void shouldKnowTheClasses() {
        assertTrue(IpAddress.parse("224.0.0.1").isMulticast());
        assertTrue(IpAddress.parse("ff02::1").isMulticast());
        assertFalse(IpAddress.parse("223.255.255.255").isMulticast());
        assertFalse(IpAddress.parse("240.0.0.1").isMulticast());
        final IpAddress loopback = IpAddress.parse("127.1.2.3");
        assertTrue(IpAddress.isLoopback(loopback.hi(), loopback.lo()));
        assertTrue(IpAddress.isLoopback(0, 1));
    }
}
