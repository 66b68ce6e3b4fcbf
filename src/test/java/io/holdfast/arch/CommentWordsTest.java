package io.holdfast.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Keeps a few constructions out of comments that hide a sentence's subject: a description that begins with a relative or personal
 * pronoun, an inverted question, an amount without its measure. Packages in {@link #NOT_YET} have not been rewritten so far; the
 * list may only shrink.
 */
final class CommentWordsTest {
    private static final List<String> NOT_YET = List.of("/failover/", "/membership/", "/net/", "/nio/", "/replication/",
        "/socket/", "/stack/", "src/main/java/io/holdfast/tcp/[A-Z]");
    private static final Pattern COMMENT = Pattern.compile(
        "\"(?:\\\\.|[^\"\\\\\n])*\"|/\\*(?s:.)*?\\*/|//[^\n]*(?:\n *//[^\n]*)*");
    private static final Pattern MARKS = Pattern.compile("(?m)^ */?\\*+/?|\\*/|//");
    private static final List<Pattern> REFUSED = List.of(
        Pattern.compile("^(?:What|Who|Whom|Whoever|Whatever|It|They|He|Its|Of) "),
        Pattern.compile("[.;:?!] (?:Who|Whom|Whoever|Whatever) "),
        Pattern.compile("^(?:Need|May|Has|Have|Is|Are|Does|Did|Must|Can) [^.]*\\?"),
        Pattern.compile("\\bso (?:long|many|much) (?!as )"),
        Pattern.compile("\\b(?:is|are|was|were) not to be\\b"),
        Pattern.compile("\\bthe one (?:here|there)\\b"));

    @Test
    void shouldBeginCommentsWithTheirSubject() throws IOException {
        final List<String> found = new ArrayList<>();
        int comments = 0;
        for (final SourceFile file : SourceFile.all()) {
            if (NOT_YET.stream().anyMatch(part -> Pattern.compile(part).matcher(file.path().toString()).find())) {
                continue;
            }
            final Matcher matcher = COMMENT.matcher(String.join("\n", file.lines()));
            while (matcher.find()) {
                if (matcher.group().startsWith("/")) {
                    comments++;
                    final String refused = refused(MARKS.matcher(matcher.group()).replaceAll(" ").replaceAll("\\s+", " ").trim());
                    if (refused != null) {
                        found.add(file.path() + ": " + refused);
                    }
                }
            }
        }
        assertTrue(comments > 2_000, "only " + comments + " comments were found");
        assertEquals(List.of(), found);
    }

    @Test
    void shouldKnowGoodFromBad() {
        for (final String bad : List.of("What the peer sends.", "Waits. Who waits longer than this is late.",
            "Is it one of ours?", "At most so many bytes.", "A late thread is not to be called alive.", "Older than the one there.", "It waits.")) {
            assertTrue(refused(bad) != null, bad);
        }
        for (final String good : List.of("Returns whether the address is ours.", "So long as the lease holds, nothing changes.",
            "Waits as long as it takes. It may be interrupted.", "The host that leads.", "Is asked once. Never blocks.")) {
            assertTrue(refused(good) == null, good);
        }
    }

    /** Returns the refused words of a comment; null if there are none. */
    private static String refused(final String comment) {
        for (final Pattern pattern : REFUSED) {
            final Matcher matcher = pattern.matcher(comment);
            if (matcher.find()) {
                return comment.substring(matcher.start(), Math.min(comment.length(), matcher.end() + 60));
            }
        }
        return null;
    }
}
