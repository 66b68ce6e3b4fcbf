package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.util.Invariant;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * The list of segments: which are in memory, which on disk. The last one is always in memory and takes what is appended; when
 * memory is full, the oldest in memory goes to disk. Knows nothing of what the records mean.
 */
final class SegmentStore {
    /** Segments that may wait for a slow disk, above the limit of memory. */
    static final int MAX_SPILLING = 16;
    /** After a failed write, so many appends that need the disk are refused before it is tried again. */
    static final int DISK_RETRY_APPENDS = 4_096;

    private final HistoryLimits limits;
    private final HistoryDirectory directory;
    private final Cursors cursors;
    private final Counters counters;
    private final Deque<LogSegment.Image> freeImages = new ArrayDeque<>();
    private LogSegment head;
    private LogSegment active;
    private long nextId = 1;
    /** Most of them; fewer than the limits say if the JVM has less memory. */
    private int memorySegments;
    /** Those that are being written to disk are not counted. */
    private int inMemory;
    private long bytes;
    private long liveBytes;
    private long diskBytes;
    private int appendsBeforeDisk;
    private final Consumer<IOException> writeFailed;
    /** null without a directory. */
    private final SegmentWriter writer;

    private final LogSegment.Image readImage;
    private LogSegment readSegment;
    private int readGeneration;

    /**
     * @param alone       files are written by a thread of their own
     * @param writeFailed hears of each write that failed
     */
    SegmentStore(final HistoryLimits limits, final HistoryDirectory directory, final Cursors cursors, final Counters counters,
        final boolean alone, final Consumer<IOException> writeFailed) {
        this.limits = limits;
        this.directory = directory;
        this.cursors = cursors;
        this.counters = counters;
        memorySegments = limits.memorySegments();
        this.writeFailed = writeFailed;
        writer = directory == null ? null : new SegmentWriter(directory.filesOfAnotherThread(), alone);
        readImage = directory == null ? null : new LogSegment.Image(limits.segmentBytes());
        addSegment(newImage());
    }

    LogSegment head() {
        return head;
    }

    LogSegment active() {
        return active;
    }

    /** All that is stored, garbage included. */
    long bytes() {
        return bytes;
    }

    long liveBytes() {
        return liveBytes;
    }

    long diskBytes() {
        return diskBytes;
    }

    void addLive(final LogSegment segment, final int n) {
        segment.live += n;
        liveBytes += n;
    }

    boolean activeTakes(final int framed) {
        return active.used + framed <= limits.segmentBytes();
    }

    boolean memoryFull() {
        return inMemory >= memorySegments;
    }

    /**
     * Begins a segment, if memory has room for one or some can be made.
     *
     * @param always even if it has not
     */
    boolean beginSegment(final boolean always) {
        settle();
        while (memoryFull()) {
            if (!spillOldest()) {
                if (always) {
                    break;
                }
                return false;
            }
        }
        LogSegment.Image image = always ? newImage() : tryNewImage();
        if (image == null) {
            memorySegments = inMemory;
            if (!spillOldest()) {
                return false;
            }
            image = newImage();
        }
        final LogSegment full = active;
        addSegment(image);
        freeIfDead(full);
        return true;
    }

    /** Writes into the active segment, which has room; the position it gets. */
    long append(final DirectBuffer record, final int offset, final int length) {
        final int at = active.used;
        final LogSegment.Image image = active.image;
        image.length(at, length);
        image.buffer.putBytes(at + LogSegment.RECORD_OFFSET, record, offset, length);
        final int framed = LogSegment.framed(length);
        active.used += framed;
        bytes += framed;
        return HistoryPosition.of(active, at);
    }

    /** Takes the segment out of the list if nobody needs it any more. */
    boolean freeIfDead(final LogSegment segment) {
        if (segment.live != 0 || segment == active || segment.freed || cursors.pin(segment)) {
            return false;
        }
        free(segment);
        return true;
    }

    /** Nothing is left; no cursor may be open, and no record live. */
    void clear() {
        final LogSegment last = active;
        addSegment(newImage());
        while (head != active) {
            free(head);
        }
        Invariant.check(last.freed && bytes == 0 && liveBytes == 0, "a cleared history is empty");
    }

    void free(final LogSegment segment) {
        cursors.skip(segment);
        if (segment.previous == null) {
            head = segment.next;
        } else {
            segment.previous.next = segment.next;
        }
        segment.next.previous = segment.previous;
        segment.freed = true;
        bytes -= segment.used;
        liveBytes -= segment.live;
        if (segment.spilling) {
            // Its image is not ours before it is written.
            segment.image = null;
        } else if (segment.image != null) {
            freeImages.push(segment.image);
            segment.image = null;
            inMemory--;
        } else {
            diskBytes -= segment.used;
            writer.delete(segment.id);
        }
    }

    /**
     * The segment's records, loaded if they are on disk. Valid until the next call.
     *
     * @return how many bytes of them are good; less than {@link LogSegment#used} if the file is damaged
     */
    int load(final LogSegment segment) {
        if (segment.image != null || segment == readSegment && segment.generation == readGeneration) {
            return segment.used;
        }
        readSegment = null;
        final int good = load(segment, readImage);
        if (good == segment.used) {
            readSegment = segment;
            readGeneration = segment.generation;
        }
        return good;
    }

    /** What {@link #load} loaded. */
    LogSegment.Image loaded(final LogSegment segment) {
        return segment.image != null ? segment.image : readImage;
    }

    /** Loads a segment on disk into memory of the caller's; as {@link #load}. */
    int load(final LogSegment segment, final LogSegment.Image image) {
        try {
            final int good = directory.files().read(segment.id, image, segment.used);
            if (good < segment.used) {
                counters.increment(ReplicationCounter.HISTORY_TORN_FILES);
            }
            return good;
        } catch (final IOException e) {
            counters.increment(ReplicationCounter.HISTORY_DISK_ERRORS);
            return 0;
        }
    }

    /** The segment ends earlier: what was behind is gone. */
    void cut(final LogSegment segment, final int used) {
        final int less = segment.used - used;
        bytes -= less;
        if (segment.image == null) {
            diskBytes -= less;
        }
        segment.used = used;
        segment.generation++;
    }

    /** The segment has become longer, by records of the next one. */
    void grown(final LogSegment segment, final int used) {
        final int more = used - segment.used;
        bytes += more;
        if (segment.image == null) {
            diskBytes += more;
        }
        segment.used = used;
        segment.generation++;
    }

    /**
     * Writes a changed segment back to disk. If that fails, it stays in memory, above the limit.
     *
     * @param image has its content
     */
    void rewrite(final LogSegment segment, final LogSegment.Image image) {
        diskBytes -= segment.used;
        segment.image = newImage();
        segment.image.buffer.putBytes(0, image.buffer, 0, segment.used);
        spill(segment);
        settle();
    }

    /** Gives the memory back; nothing may be called any more. */
    void close() {
        final boolean ended = writer == null || writer.end();
        if (ended) {
            settle();
        }
        for (LogSegment segment = head; segment != null; segment = segment.next) {
            if (segment.image != null && !segment.spilling) {
                segment.image.free();
                segment.image = null;
            }
        }
        freeImages.forEach(LogSegment.Image::free);
        freeImages.clear();
        if (readImage != null) {
            readImage.free();
        }
        // Who comes late finds no segment, instead of memory that is somebody else's.
        head = null;
        active = null;
        readSegment = null;
    }

    private void addSegment(final LogSegment.Image image) {
        final LogSegment segment = new LogSegment(nextId++);
        segment.image = image;
        inMemory++;
        segment.previous = active;
        if (active == null) {
            head = segment;
        } else {
            active.next = segment;
        }
        active = segment;
    }

    private LogSegment.Image newImage() {
        final LogSegment.Image free = freeImages.poll();
        return free == null ? new LogSegment.Image(limits.segmentBytes()) : free;
    }

    /** Null: the JVM's own limit of memory outside the heap is below ours. */
    private LogSegment.Image tryNewImage() {
        try {
            return newImage();
        } catch (final OutOfMemoryError e) {
            return null;
        }
    }

    private boolean spillOldest() {
        if (directory == null) {
            return false;
        }
        if (appendsBeforeDisk > 0) {
            appendsBeforeDisk--;
            return false;
        }
        LogSegment oldest = head;
        while (oldest.image == null || oldest.spilling) {
            oldest = oldest.next;
        }
        if (oldest == active) {
            return false;
        }
        while (writer.writing() >= MAX_SPILLING) {
            writer.await();
            settle();
        }
        inMemory--;
        spill(oldest);
        settle();
        final boolean spilled = oldest.spilling || oldest.image == null;
        counters.add(ReplicationCounter.HISTORY_SPILLS, spilled ? 1 : 0);
        return spilled;
    }

    private void spill(final LogSegment segment) {
        segment.spilling = true;
        writer.write(segment, segment.image, segment.used);
    }

    /** Takes note of what has been written meanwhile. */
    void settle() {
        if (writer == null) {
            return;
        }
        for (SegmentWriter.Written written = writer.poll(); written != null; written = writer.poll()) {
            settle(written);
        }
        counters.add(ReplicationCounter.HISTORY_DISK_ERRORS, writer.takeFailedDeletes());
    }

    private void settle(final SegmentWriter.Written written) {
        final LogSegment segment = written.segment();
        segment.spilling = false;
        if (written.failure() != null) {
            counters.increment(ReplicationCounter.HISTORY_DISK_ERRORS);
            appendsBeforeDisk = DISK_RETRY_APPENDS;
            writeFailed.accept(written.failure());
            // What stood there before, if anything did, is of no use.
            writer.delete(segment.id);
        }
        if (written.failure() != null && !segment.freed) {
            inMemory++;
            return;
        }
        freeImages.push(written.image());
        segment.image = null;
        if (segment.freed) {
            writer.delete(segment.id);
            return;
        }
        diskBytes += segment.used;
        segment.generation++;
    }
}
