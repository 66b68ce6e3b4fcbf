package io.holdfast.app.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BypassesTest {
    private final List<String> said = new ArrayList<>();
    private int ended;

    private Bypasses bypasses(final boolean required) {
        return new Bypasses(required, said::add, () -> ended++);
    }

    @ParameterizedTest
    @CsvSource({
        "netty_transport_native_epoll_x86_64,                                  -Dio.netty.transport.noNative=true",
        "/tmp/libnetty_transport_native_epoll_aarch_641234567890.so,           -Dio.netty.transport.noNative=true",
        "/tmp/libnetty_transport_native_io_uring42_x86_64.so,                  -Dio.netty.transport.noNative=true",
        "/tmp/libnetty_transport_native_io_uring_x86_6499.so,                  -Dio.netty.transport.noNative=true",
        "/tmp/libio_grpc_netty_shaded_netty_transport_native_epoll_x86_641.so, -Dio.grpc.netty.shaded.io.netty.transport.noNative=true",
        "/tmp/libmy_1own_shaded_netty_transport_native_epoll_x86_64.so,        -Dmy_own.shaded.io.netty.transport.noNative=true",
        "/tmp/libtcnative-1.so,                                                NIO connector"
    })
    void shouldTellWhatTurnsANativeTransportOff(final String library, final String remedy) {
        final String hint = Bypasses.hint(library);
        assertTrue(hint != null && hint.contains(remedy), library + ": " + hint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"net", "nio", "/usr/lib/libjffi-1.2.so", "/tmp/libnetty_tcnative_linux_x86_64123.so", "zstd-jni", "snappyjava",
        "/tmp/libartemis-native-64.so", "conscrypt_openjdk_jni-linux-x86_64", "extnet"})
    void shouldTellNothingOfOtherLibraries(final String library) {
        assertNull(Bypasses.hint(library));
    }

    @Test
    void shouldTellOnce() {
        final var loaded = bypasses(false).answers().get(Place.LOAD);
        loaded.apply("/tmp/libnetty_transport_native_epoll_x86_64.so");
        loaded.apply("/tmp/libnetty_transport_native_epoll_x86_64.so");
        assertEquals(1, said.size());
        assertTrue(said.get(0).startsWith("holdfast: WARNING: "), said.get(0));
        assertEquals(0, ended);
    }

    /** Tomcat's library does TLS for the NIO connector as well: that it was loaded proves nothing. */
    @Test
    void shouldNotEndAProgramForALibraryThatMayDoTlsAlone() {
        bypasses(true).answers().get(Place.LOAD_LIBRARY).apply("tcnative-2");
        assertEquals(0, ended);
        assertEquals(1, said.size());
    }

    @Test
    void shouldEndAProgramThatMustBeProtected() {
        bypasses(true).answers().get(Place.ASYNCHRONOUS).apply(null);
        assertEquals(1, ended);
        assertTrue(said.get(0).contains("NIO.2"), said.get(0));
    }
}
