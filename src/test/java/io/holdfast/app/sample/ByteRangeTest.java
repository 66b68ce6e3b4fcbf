package io.holdfast.app.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteRangeTest {
    private static final long SIZE = 1000;

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-999, 0, 999",
        "bytes=10-, 10, 999",
        "bytes=999-5000, 999, 999",
        "bytes=-1, 999, 999",
        "bytes=-5000, 0, 999",
        "BYTES=5-6, 5, 6",
        "bytes=5-99999999999999999999999, 5, 999",
    })
    void shouldServeOneRange(final String header, final long first, final long last) {
        assertEquals(new ByteRange(ByteRange.Kind.PARTIAL, first, last), ByteRange.parse(header, SIZE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999-"})
    void shouldRefuseWhatLiesOutside(final String header) {
        assertEquals(ByteRange.Kind.UNSATISFIABLE, ByteRange.parse(header, SIZE).kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=", "bytes=-", "bytes=a-b", "bytes=5-3", "bytes=0-1,5-6", "lines=1-2", "5-6", "bytes=+1-2"})
    void shouldIgnoreWhatItDoesNotServe(final String header) {
        assertEquals(new ByteRange(ByteRange.Kind.WHOLE, 0, SIZE - 1), ByteRange.parse(header, SIZE));
    }

    @Test
    void shouldServeTheWholeFileWithoutAHeader() {
        assertEquals(SIZE, ByteRange.parse(null, SIZE).length());
    }

    @Test
    void shouldFindNoRangeInAnEmptyFile() {
        assertEquals(ByteRange.Kind.UNSATISFIABLE, ByteRange.parse("bytes=0-0", 0).kind());
        assertEquals(ByteRange.Kind.UNSATISFIABLE, ByteRange.parse("bytes=-1", 0).kind());
    }
}
