package io.holdfast.lab.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The second pass: captures of what each host sends onto its port of the LAN, and of the link between them, all made on one
 * machine, with one clock. They are read as one, by time. One thread.
 */
final class LogChecker {
    /** Tolerance: the time at which a host went on alone, by its own report, is rounded to milliseconds twice. */
    private static final long ROUNDED_NS = 3_000_000;

    private final Violations violations;
    private final int serverIp;
    private final List<Host> hosts = new ArrayList<>();
    private final LinkWatch link;
    private final OutputWatch output;
    private final Ownership ownership;
    private final List<ArpMessage> announcements = new ArrayList<>();
    private long linkFrames;

    /**
     * Findings.
     *
     * @param announcements of the hosts, in order, whether the LAN heard them or not
     */
    record Result(Report.Log log, List<ArpMessage> announcements) {
    }

    /**
     * Captures to read.
     *
     * @param ports of each host: what it sends to the LAN
     * @param links frames between the hosts, seen at one of them
     * @param alone when hosts whose backup had fallen silent went on alone, as they say: no frame tells
     */
    record Sources(List<Port> ports, List<Path> links, List<Alone> alone) {
        static final Sources NONE = new Sources(List.of(), List.of(), List.of());
    }

    /** @param timeNs by the captures' clock */
    record Alone(int address, long timeNs) {
    }

    /** @param addresses of the host's kernel, on the link and on the LAN */
    record Port(List<Integer> addresses, Path file) {
    }

    private LogChecker(final int serverIp, final List<Port> ports, final Violations violations) {
        this.serverIp = serverIp;
        this.violations = violations;
        for (final Port port : ports) {
            hosts.add(new Host(port.addresses));
        }
        hosts.get(0).peer(hosts.get(1));
        hosts.get(1).peer(hosts.get(0));
        link = new LinkWatch(hosts, violations);
        output = new OutputWatch(violations);
        ownership = new Ownership(violations);
    }

    static Result check(final int serverIp, final Sources sources, final Violations violations) throws IOException {
        if (sources.ports.size() != 2) {
            throw new IllegalArgumentException("the captures of two hosts are wanted, not " + sources.ports.size());
        }
        final LogChecker checker = new LogChecker(serverIp, sources.ports, violations);
        checker.read(sources);
        return new Result(checker.conclude(!sources.links.isEmpty()), checker.announcements);
    }

    private Report.Log conclude(final boolean linked) {
        if (linked && !link.isUnreadable() && output.protectedSegments() == 0) {
            violations.add(Rule.CAPTURE, 0, "", "no host had a backup while it spoke: nothing could be held against the log");
        }
        long batches = 0;
        long records = 0;
        for (final Host host : hosts) {
            batches += host.log().acknowledgedBatches();
            records += host.log().records();
        }
        return new Report.Log(linked && !link.isUnreadable(), linkFrames, records, batches, output.segments(),
            output.protectedSegments(), output.answeredUnstored());
    }

    // --- all captures, by time ---

    private static final class Feed implements Closeable {
        private final CaptureReader reader;
        /** -1 for the link. */
        private final int port;
        private Frame frame;

        Feed(final Path file, final int port) throws IOException {
            reader = CaptureReader.open(file);
            this.port = port;
            next();
        }

        void next() throws IOException {
            final Frame read = reader.next();
            // The port at which a frame came in tells its sender, whatever its address.
            frame = read == null ? null : new Frame(read.timeNs(), Math.max(0, port), read.data(), read.originalLength());
        }

        long timeNs() {
            return frame.timeNs();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private void read(final Sources sources) throws IOException {
        final List<Feed> feeds = new ArrayList<>();
        try {
            for (final Path file : sources.links) {
                feeds.add(new Feed(file, -1));
            }
            for (int i = 0; i < sources.ports.size(); i++) {
                feeds.add(new Feed(sources.ports.get(i).file, i));
            }
            // At one moment, the link's frames come first: the acknowledgement was there.
            final PriorityQueue<Feed> queue =
                new PriorityQueue<>(Comparator.comparingLong(Feed::timeNs).thenComparingInt(feed -> feed.port));
            for (final Feed feed : feeds) {
                if (feed.frame != null) {
                    queue.add(feed);
                }
            }
            final Deque<Alone> alone = new ArrayDeque<>(sources.alone);
            for (Feed feed = queue.poll(); feed != null; feed = queue.poll()) {
                while (!alone.isEmpty() && alone.peek().timeNs - ROUNDED_NS <= feed.timeNs()) {
                    onAlone(alone.poll());
                }
                onFrame(feed.frame, feed.port);
                feed.next();
                if (feed.frame != null) {
                    queue.add(feed);
                } else if (feed.reader.isCutShort()) {
                    violations.add(Rule.CAPTURE, 0, "", "a capture ends in the middle of a record");
                }
            }
        } finally {
            for (final Feed feed : feeds) {
                feed.close();
            }
        }
    }

    private void onAlone(final Alone event) {
        hosts.stream().filter(host -> host.has(event.address)).forEach(Host::onAlone);
    }

    private void onFrame(final Frame frame, final int port) {
        final Segment segment = Segment.parse(frame);
        if (port < 0) {
            linkFrames++;
            if (segment != null) {
                link.onSegment(segment);
            }
            return;
        }
        final ArpMessage arp = ArpMessage.parse(frame);
        if (arp != null && arp.senderIp() == serverIp) {
            ownership.onArp(arp);
            if (arp.isAnnouncement()) {
                announcements.add(arp);
            }
        } else if (segment != null && segment.sourceIp == serverIp) {
            if (ownership.onSegment(segment, "") && !link.isUnreadable()) {
                output.onSegment(segment, hosts.get(port));
            }
        }
    }
}
