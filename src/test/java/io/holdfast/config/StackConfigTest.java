package io.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StackConfigTest {
    private static final String OVERRIDE = "holdfast.tcp.initial_cwnd";

    @TempDir
    Path dir;

    @AfterEach
    void clearOverride() {
        System.clearProperty(OVERRIDE);
    }

    private StackConfig load(final String text) throws IOException {
        return StackConfig.load(Files.writeString(dir.resolve("holdfast.properties"), text));
    }

    @Test
    void shouldReadAFile() throws IOException {
        final StackConfig config = load("""
            link.device = hf7
            link.mac = 02:00:00:00:00:2a
            link.vnet_hdr = off
            link.fault.loss = 2.5
            stack.addresses = 10.77.0.100, 10.77.0.101
            stack.prefix = 16
            stack.gateway = 10.77.0.1
            stack.threading = shared
            stack.memory_limit = 64m
            tcp.congestion = reno
            tcp.sack = false
            tcp.receive_buffer_max = 1m
            """).conclude();
        assertEquals("hf7", config.link.device);
        assertEquals(0x02_00_00_00_00_2aL, config.link.macAddress);
        assertEquals(LinkSettings.Offload.OFF, config.link.vnetHeader);
        assertTrue(config.link.faulty());
        assertEquals(List.of(IpAddress.parse("10.77.0.100"), IpAddress.parse("10.77.0.101")), config.addresses());
        assertEquals(16, config.prefixLength());
        assertEquals(IpAddress.parse("10.77.0.1"), config.gateway());
        assertEquals(StackConfig.Threading.SHARED, config.threading());
        assertEquals(64 << 20, config.memoryLimitBytes());
        assertEquals("reno", config.tcp.congestion);
        assertEquals(false, config.tcp.sack);
        assertEquals(1 << 20, config.tcp.receiveBufferMaxBytes);
    }

    @Test
    void shouldLetSystemPropertiesOverrideTheFile() throws IOException {
        System.setProperty(OVERRIDE, "4");
        assertEquals(4, load("tcp.initial_cwnd = 20").tcp.initialCwndSegments);
    }

    @Test
    void shouldNameAnUnknownSetting() {
        final IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> load("tcp.no_such_thing = 1"));
        assertTrue(e.getMessage().contains("tcp.no_such_thing"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "tcp.initial_cwnd, 0, 1 to 1000",
        "tcp.initial_cwnd, many, 1 to 1000",
        "tcp.congestion, vegas, cubic or reno",
        "tcp.sack, perhaps, true or false",
        "link.mtu, 100, 576 to 65521",
        "link.mac, 01:00:5e:00:00:01, an address like",
        "link.fault.loss, 101, 0 to 100",
        "stack.threading, fast, baton",
        "stack.addresses, 10.0.0, IP addresses",
        "stack.memory_limit, 99999999999999g, a whole number"})
    void shouldNameWhatCannotBe(final String key, final String value, final String allowed) {
        final IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> new StackConfig().set(key, value));
        assertTrue(e.getMessage().startsWith(key + " = " + value + ": allowed is "), e.getMessage());
        assertTrue(e.getMessage().contains(allowed), e.getMessage());
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        final StackConfig config = new StackConfig().address(IpAddress.parse("10.0.0.1"));
        config.set("tcp.receive_buffer", "2m").set("tcp.receive_buffer_max", "1m");
        assertTrue(assertThrows(IllegalArgumentException.class, config::conclude).getMessage().contains("receive_buffer_max"));
        assertThrows(IllegalArgumentException.class, () -> new StackConfig().conclude());
    }

    /** A key that set or read another one's field would show here. */
    @Test
    void shouldSetWithEachKeyWhatItShowsAndNothingElse() {
        final List<String> defaults = new StackConfig().toString().lines().toList();
        int changed = 0;
        for (int i = 0; i < defaults.size(); i++) {
            final String key = defaults.get(i).substring(0, defaults.get(i).indexOf(" = "));
            final List<String> expected = new ArrayList<>(defaults);
            expected.set(i, key + " = " + another(key, defaults.get(i).substring(key.length() + 3)));
            final StackConfig config = new StackConfig().set(key, expected.get(i).substring(key.length() + 3));
            assertEquals(expected, config.toString().lines().toList());
            changed++;
        }
        assertTrue(changed > 50, "only " + changed);
    }

    private static String another(final String key, final String value) {
        return switch (key) {
            case "link.device" -> "hf9";
            case "link.mac", "link.virtual_mac" -> "02:00:0a:00:00:2a";
            case "link.mtu" -> "1400";
            case "link.presence" -> "flooded";
            case "link.vnet_hdr" -> "on";
            case "link.capture", "stack.counters_file" -> "/nowhere";
            case "stack.addresses", "stack.gateway" -> "10.0.0.9";
            case "stack.threading" -> "dedicated";
            case "tcp.congestion" -> "reno";
            case "stack.prefix" -> "16";
            default -> value.equals("true") ? "false" : value.equals("false") ? "true"
                : value.contains(".") ? Double.toString(Double.parseDouble(value) + 1) : Long.toString(Long.parseLong(value) + 1);
        };
    }

    @Test
    void shouldPrintWhatItWouldRead() throws IOException {
        final StackConfig config = new StackConfig().address(IpAddress.parse("10.0.0.1"));
        config.tcp.initialCwndSegments = 3;
        final String text = config.toString();
        final StringBuilder set = new StringBuilder();
        text.lines().filter(line -> !line.endsWith("= ") && !line.startsWith("link.mtu = 0")).forEach(line ->
            set.append(line).append('\n'));
        assertEquals(text, load(set.toString()).toString());
    }
}
