package io.holdfast.conformance.fuzz;

import io.holdfast.conformance.run.Differences;
import io.holdfast.conformance.run.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Differences that generated sequences run into and DIFFERENCES.md declares, each recognized by what both sides did. All the
 * rest of a sequence has to be the same.
 */
public enum Declared {
    /** How far a retransmission goes that begins inside of a segment. */
    REPACKETIZED("recovery/rto-inside-segment.pkt", Declared::isRepacketized),
    /** A tail loss probe that ranges leave no room for in one packet. */
    PROBE_BESIDE_RANGES("recovery/tlp-with-sack.pkt", Declared::isProbeBesideRanges),
    /** Ranges that a FIN has made old. */
    STALE_RANGES("options/sack-before-fin.pkt", Declared::isStaleRange),
    /** Whether data that nobody reads is acknowledged at once. */
    UNREAD("window/unread-delays-ack.pkt", Declared::isAckOfUnread);

    private static final int MSS = 1_460;
    private static final int MOST_RANGES = 4;
    private static final Pattern SENT = Pattern.compile("> \\S+ (\\d+):(\\d+)\\((\\d+)\\) ack (\\d+)(.*)");
    private static final Pattern CAME = Pattern.compile("< \\S+ (\\d+):(\\d+)\\((\\d+)\\)(?: ack (\\d+))?(.*)");
    private static final Pattern RANGE = Pattern.compile(" <nop,nop,sack \\d+:(\\d+)>");

    private final String script;
    private final BiPredicate<List<String>, List<String>> recognizes;

    Declared(final String script, final BiPredicate<List<String>, List<String>> recognizes) {
        this.script = script;
        this.recognizes = recognizes;
    }

    /** The script in DIFFERENCES.md that shows it. */
    String script() {
        return script;
    }

    /**
     * All of them have to be declared.
     *
     * @throws IllegalStateException if one is not
     */
    public static void require(final Differences differences) {
        for (final Declared one : values()) {
            if (!differences.declares(one.script, Side.LINUX)) {
                throw new IllegalStateException("DIFFERENCES.md does not declare " + one.script);
            }
        }
    }

    /** Whether this is all that is different between the two, lines without their times. */
    boolean explains(final List<String> ours, final List<String> theirs) {
        return recognizes.test(ours, theirs);
    }

    /** A line with a segment. */
    private record Line(long start, long end, long length, long ack, String rest) {
        static Line sent(final String line) {
            return of(SENT.matcher(line));
        }

        static Line came(final String line) {
            return of(CAME.matcher(line));
        }

        private static Line of(final Matcher m) {
            return !m.matches() ? null : new Line(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)),
                m.group(4) == null ? 0 : Long.parseLong(m.group(4)), m.group(5));
        }

        boolean isBareAck() {
            return length == 0 && rest.isEmpty();
        }

        boolean startsSegmentAt(final long offset) {
            return offset == end || offset >= start && offset < end && (offset - start) % MSS == 0;
        }

        boolean sameButFor(final Line other) {
            return ack == other.ack && rest.equals(other.rest);
        }
    }

    private static boolean isRepacketized(final List<String> ours, final List<String> theirs) {
        if (ours.size() != theirs.size()) {
            return false;
        }
        final List<Line> before = new ArrayList<>();
        long acknowledged = 1;
        Line ourLast = null;
        Line theirLast = null;
        for (int i = 0; i < ours.size(); i++) {
            final Line our = Line.sent(ours.get(i));
            final Line their = Line.sent(theirs.get(i));
            if (!ours.get(i).equals(theirs.get(i))) {
                if (our == null || their == null || !our.sameButFor(their) || Math.max(our.length, their.length) > MSS) {
                    return false;
                }
                final long known = acknowledged;
                final boolean inside = before.stream().anyMatch(s -> s.end > known)
                    && before.stream().noneMatch(s -> s.startsSegmentAt(known));
                final boolean begins = inside && (our.start == known && their.start == known || isProbeFromThere(our, their, known));
                final boolean goesOn = ourLast != null && our.start == ourLast.end && their.start == theirLast.end;
                if (!begins && !goesOn) {
                    return false;
                }
                ourLast = our;
                theirLast = their;
            } else if (our != null) {
                before.add(our);
            }
            final Line came = Line.came(ours.get(i));
            acknowledged = came == null ? acknowledged : Math.max(acknowledged, came.ack);
        }
        return true;
    }

    /** A tail loss probe: there it begins at whole segments after what the peer has, however large they are just now. */
    private static boolean isProbeFromThere(final Line our, final Line their, final long known) {
        return our.end == their.end && their.start > our.start && IntStream.rangeClosed(0, MOST_RANGES)
            .anyMatch(ranges -> (their.start - known) % (ranges == 0 ? MSS : MSS - 4 - 8 * ranges) == 0);
    }

    /** All alike but for one line, which that explains. */
    private static boolean differInOne(final List<String> ours, final List<String> theirs, final BiPredicate<Line, Line> explains) {
        int differing = -1;
        for (int i = 0; i < ours.size() && ours.size() == theirs.size(); i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                if (differing >= 0) {
                    return false;
                }
                differing = i;
            }
        }
        if (differing < 0) {
            return false;
        }
        final Line our = Line.sent(ours.get(differing));
        final Line their = Line.sent(theirs.get(differing));
        return our != null && their != null && our.ack == their.ack && explains.test(our, their);
    }

    /**
     * The last segment again: all of it here, which takes two packets; there as much as fits one, from where it makes it begin.
     */
    private static boolean isProbeBesideRanges(final List<String> ours, final List<String> theirs) {
        final long highest = ours.stream().map(Line::sent).filter(s -> s != null).mapToLong(Line::end).max().orElse(0);
        return differInOne(ours, theirs, (our, their) -> our.rest.equals(their.rest) && our.rest.contains("sack ") && our.end == highest
            && our.length <= MSS && their.length < MSS && (MSS - their.length - 4) % 8 == 0
            && their.length >= MSS - 4 - 8 * MOST_RANGES && their.start <= our.start && their.end > our.start);
    }

    /** The kernel reports a range that it acknowledges in the same segment. */
    private static boolean isStaleRange(final List<String> ours, final List<String> theirs) {
        return differInOne(ours, theirs, (our, their) -> {
            final Matcher range = RANGE.matcher(their.rest);
            return our.isBareAck() && their.length == 0 && our.start == their.start && range.matches()
                && Long.parseLong(range.group(1)) == their.ack;
        });
    }

    /** The kernel acknowledges at once what is more than a segment; here its window would shrink, and the timer does. */
    private static boolean isAckOfUnread(final List<String> whatWeDid, final List<String> whatTheyDid) {
        if (whatWeDid.stream().anyMatch(line -> line.startsWith("read("))) {
            return false;
        }
        // A duplicate is reported in the first acknowledgement, whichever that is.
        final List<String> ours = whatWeDid.stream().map(Declared::withoutDuplicate).toList();
        final List<String> theirs = whatTheyDid.stream().map(Declared::withoutDuplicate).toList();
        int our = 0;
        long early = 0;
        boolean any = false;
        for (int their = 0; their < theirs.size() || our < ours.size();) {
            if (our < ours.size() && their < theirs.size() && ours.get(our).equals(theirs.get(their))) {
                our++;
                their++;
            } else if (their > 0 && their < theirs.size() && acknowledgesMuch(theirs.get(their - 1), theirs.get(their))) {
                early = Line.sent(theirs.get(their)).ack;
                any = true;
                their++;
            } else if (our < ours.size() && Line.sent(ours.get(our)) != null && Line.sent(ours.get(our)).isBareAck()
                && Line.sent(ours.get(our)).ack == early) {
                our++;
            } else {
                return false;
            }
        }
        return any;
    }

    private static String withoutDuplicate(final String line) {
        final Line sent = Line.sent(line);
        final Matcher range = RANGE.matcher(sent == null ? "" : sent.rest);
        return range.matches() && Long.parseLong(range.group(1)) <= sent.ack ? line.replace(sent.rest, "") : line;
    }

    private static boolean acknowledgesMuch(final String before, final String line) {
        final Line came = Line.came(before);
        final Line sent = Line.sent(line);
        return came != null && sent != null && sent.isBareAck() && came.length > MSS && came.end == sent.ack;
    }
}
