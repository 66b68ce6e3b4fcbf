package io.holdfast.lab.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CaptureReaderTest {
    @TempDir
    private Path directory;

    private final Synthetic capture = new Synthetic().handshake()
        .server(Synthetic.HOST_A, Synthetic.tcp().ts(101).data("seven b"))
        .client(Synthetic.tcp().ack(7).ts(3));

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void shouldReadPcap(final boolean bigEndian, final boolean nanoseconds) throws IOException {
        assertSame(capture.frames(), read(capture.writePcap(file(), order(bigEndian), nanoseconds)), false);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void shouldReadPcapng(final boolean bigEndian, final boolean byTurns) throws IOException {
        assertSame(capture.frames(), read(capture.writePcapng(file(), order(bigEndian), byTurns)), byTurns);
    }

    @Test
    void shouldNoticeAFileThatWasCutShort() throws IOException {
        for (final Path whole : List.of(capture.writePcap(directory.resolve("p"), ByteOrder.LITTLE_ENDIAN, true),
            capture.writePcapng(directory.resolve("n"), ByteOrder.LITTLE_ENDIAN, false))) {
            final byte[] bytes = Files.readAllBytes(whole);
            Files.write(whole, Arrays.copyOf(bytes, bytes.length - 3));
            try (CaptureReader reader = CaptureReader.open(whole)) {
                int frames = 0;
                while (reader.next() != null) {
                    frames++;
                }
                assertEquals(capture.frames().size() - 1, frames);
                assertTrue(reader.isCutShort());
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoCapture() throws IOException {
        final Path text = Files.writeString(file(), "not a capture at all, only some words");
        assertThrows(IOException.class, () -> CaptureReader.open(text));
        final Path empty = Files.write(directory.resolve("empty"), new byte[0]);
        assertThrows(IOException.class, () -> CaptureReader.open(empty));
    }

    @Test
    void shouldRefuseAFrameOfAnImpossibleLength() throws IOException {
        final Path path = capture.writePcap(file(), ByteOrder.BIG_ENDIAN, true);
        final byte[] bytes = Files.readAllBytes(path);
        bytes[24 + 8] = 0x7F;
        Files.write(path, bytes);
        assertThrows(IOException.class, () -> read(path));
    }

    private Path file() {
        return directory.resolve("capture");
    }

    private static ByteOrder order(final boolean bigEndian) {
        return bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static List<Frame> read(final Path path) throws IOException {
        final List<Frame> frames = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(path)) {
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
            assertFalse(reader.isCutShort());
        }
        return frames;
    }

    private static void assertSame(final List<Frame> expected, final List<Frame> read, final boolean byTurns) {
        assertEquals(expected.size(), read.size());
        for (int i = 0; i < read.size(); i++) {
            assertEquals(expected.get(i).timeNs(), read.get(i).timeNs());
            assertEquals(byTurns ? i % 2 : 0, read.get(i).port());
            assertEquals(expected.get(i).originalLength(), read.get(i).originalLength());
            assertArrayEquals(expected.get(i).data(), read.get(i).data());
        }
    }
}
