package io.holdfast.lab.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a capture of the LAN against O1 to O5, as far as they show there, and, with captures of the hosts' ports and of the
 * link between them, against what the backup had stored. As a program: {@code WireChecker FILE [--server ADDRESS]
 * [--switches NUMBER] [--headers-only] [--host ADDRESS[,ADDRESS]=FILE twice] [--link FILE]... [--alone ADDRESS=NANOSECONDS]...};
 * exit status 0 if nothing is broken, 1 if something is, 2 if a file cannot be checked.
 *
 * <p>Memory: every byte that the server sent is kept. One thread.
 */
public final class WireChecker {
    private final Expectation expectation;
    private final Violations violations = new Violations();
    private final Ownership ownership = new Ownership(violations);
    private final Map<Key, Conversation> open = new HashMap<>();
    private final List<Conversation> all = new ArrayList<>();
    /** Announcements of hosts behind links that may have been cut: a host's own side shows a switch first. */
    private final Deque<ArpMessage> announced = new ArrayDeque<>();
    private long frames;
    private long segments;

    private record Key(int clientIp, int clientPort, int serverPort) {
    }

    private WireChecker(final Expectation expectation) {
        this.expectation = expectation;
    }

    public static Report check(final Path capture) throws IOException {
        return check(capture, Expectation.DEFAULT);
    }

    /** @throws IOException if the file cannot be read or is no capture of Ethernet frames */
    public static Report check(final Path capture, final Expectation expectation) throws IOException {
        return check(capture, expectation, LogChecker.Sources.NONE);
    }

    static Report check(final Path capture, final Expectation expectation, final LogChecker.Sources sources)
        throws IOException {
        final WireChecker checker = new WireChecker(expectation);
        Report.Log log = null;
        if (!sources.ports().isEmpty()) {
            final LogChecker.Result result = LogChecker.check(expectation.serverIp(), sources, checker.violations);
            checker.announced.addAll(result.announcements());
            log = result.log();
        }
        try (CaptureReader reader = CaptureReader.open(capture)) {
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                checker.onFrame(frame);
            }
            if (reader.isCutShort()) {
                checker.violations.add(Rule.CAPTURE, 0, "", "the file ends in the middle of a record");
            }
        }
        return checker.conclude(log);
    }

    private void onFrame(final Frame frame) {
        frames++;
        while (!announced.isEmpty() && announced.peek().timeNs() <= frame.timeNs()) {
            ownership.onArp(announced.poll().atOneInterface());
        }
        final ArpMessage arp = ArpMessage.parse(frame);
        if (arp != null) {
            if (arp.senderIp() == expectation.serverIp()) {
                ownership.onArp(arp);
            }
            return;
        }
        final Segment segment = Segment.parse(frame);
        if (segment == null) {
            return;
        }
        if (segment.sourceIp == expectation.serverIp()) {
            segments++;
            final Conversation conversation =
                conversation(new Key(segment.destinationIp, segment.destinationPort, segment.sourcePort));
            if (ownership.onSegment(segment, conversation.name)) {
                conversation.onServer(segment, ownership.latest());
            } else {
                conversation.onLate(segment);
            }
        } else if (segment.destinationIp == expectation.serverIp()) {
            segments++;
            final Key key = new Key(segment.sourceIp, segment.sourcePort, segment.destinationPort);
            if (open.containsKey(key) && open.get(key).isSucceededBy(segment)) {
                open.remove(key);
            }
            conversation(key).onClient(segment, ownership.latest());
        }
    }

    private Conversation conversation(final Key key) {
        return open.computeIfAbsent(key, k -> {
            final Conversation made = new Conversation(
                Expectation.text(k.clientIp) + ":" + k.clientPort + " to " + k.serverPort, violations,
                expectation.headersOnly(), ownership.latest());
            all.add(made);
            return made;
        });
    }

    private Report conclude(final Report.Log log) {
        if (all.isEmpty()) {
            violations.add(Rule.CAPTURE, 0, "", "no connection of the protected address is in it");
        }
        final int moved = ownership.switches().size();
        if (expectation.switches() >= 0 && moved != expectation.switches()) {
            violations.add(Rule.O5, 0, "", "the address moved " + moved + " times, not " + expectation.switches());
        }
        final Set<String> hosts = new LinkedHashSet<>();
        ownership.speakers().forEach(source -> hosts.add(source.toString()));
        final Set<String> macs = new LinkedHashSet<>();
        ownership.announcedMacs().forEach(mac -> macs.add(new Source(0, mac).toString()));
        return new Report(expectation, violations.counts(), violations.first(),
            ownership.switches().stream().map(SwitchWatch::toReport).toList(), hosts, macs, totals(), log);
    }

    private Report.Totals totals() {
        int unscaled = 0;
        long serverBytes = 0;
        long clientBytes = 0;
        long retransmitted = 0;
        long serverRetransmissions = 0;
        long clientRetransmissions = 0;
        long duplicates = 0;
        int lateResets = 0;
        long overtaken = 0;
        for (final Conversation conversation : all) {
            unscaled += conversation.isHandshakeKnown() ? 0 : 1;
            serverBytes += conversation.serverBytes;
            clientBytes += conversation.clientBytes;
            retransmitted += conversation.serverRetransmitted;
            serverRetransmissions += conversation.serverRetransmissions;
            clientRetransmissions += conversation.clientRetransmissions;
            duplicates += conversation.serverDuplicateAcks;
            lateResets += conversation.lateResets;
            overtaken += conversation.overtaken;
        }
        return new Report.Totals(frames, segments, all.size(), unscaled, serverBytes, clientBytes, retransmitted,
            serverRetransmissions, clientRetransmissions, duplicates, lateResets,
            ownership.announcements(), overtaken);
    }

    public static void main(final String[] arguments) {
        System.exit(run(arguments));
    }

    private static LogChecker.Port port(final String text) {
        final int split = text.indexOf('=');
        if (split < 0) {
            throw new IllegalArgumentException("--host takes ADDRESS=FILE, not " + text);
        }
        final List<Integer> addresses = new ArrayList<>();
        for (final String address : text.substring(0, split).split(",")) {
            addresses.add(Expectation.ip(address));
        }
        return new LogChecker.Port(addresses, Path.of(text.substring(split + 1)));
    }

    private static LogChecker.Alone alone(final String text) {
        final int split = text.indexOf('=');
        if (split < 0) {
            throw new IllegalArgumentException("--alone takes ADDRESS=NANOSECONDS, not " + text);
        }
        return new LogChecker.Alone(Expectation.ip(text.substring(0, split)), Long.parseLong(text.substring(split + 1)));
    }

    private static int run(final String[] arguments) {
        try {
            Expectation expectation = Expectation.DEFAULT;
            Path file = null;
            final List<LogChecker.Port> ports = new ArrayList<>();
            final List<Path> links = new ArrayList<>();
            final List<LogChecker.Alone> alone = new ArrayList<>();
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--server" -> expectation = new Expectation(Expectation.ip(arguments[++i]),
                        expectation.switches(), expectation.headersOnly());
                    case "--switches" -> expectation = expectation.withSwitches(Integer.parseInt(arguments[++i]));
                    case "--headers-only" ->
                        expectation = new Expectation(expectation.serverIp(), expectation.switches(), true);
                    case "--host" -> ports.add(port(arguments[++i]));
                    case "--link" -> links.add(Path.of(arguments[++i]));
                    case "--alone" -> alone.add(alone(arguments[++i]));
                    default -> file = Path.of(arguments[i]);
                }
            }
            if (file == null) {
                throw new IllegalArgumentException("which capture?");
            }
            alone.sort(Comparator.comparingLong(LogChecker.Alone::timeNs));
            final Report report = check(file, expectation, new LogChecker.Sources(ports, links, alone));
            System.out.print(report.text());
            return report.ok() ? 0 : 1;
        } catch (final IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println("WireChecker: " + e.getMessage());
            return 2;
        }
    }
}
