package io.holdfast.conformance.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Findings of a run, for people: by topic and side, requirements, differences. One file, no scripts, nothing fetched. */
public final class HtmlReport {
    private static final String STYLE = "body{font:15px/1.4 sans-serif;margin:2em;max-width:75em}"
        + "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}"
        + ".good{background:#dfd}.bad{background:#fdd}.mild{background:#ffd}pre{background:#eee;padding:.6em;overflow-x:auto}";

    private final Path conformance;
    private final List<Outcome> outcomes;
    private final Differences differences;
    private final StringBuilder html = new StringBuilder();

    /**
     * @param conformance the directory of scripts, requirements and differences
     */
    public HtmlReport(final Path conformance, final List<Outcome> outcomes, final Differences differences) {
        this.conformance = conformance;
        this.outcomes = outcomes;
        this.differences = differences;
    }

    public void write(final Path file) throws IOException {
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Conformance</title><style>")
            .append(STYLE).append("</style></head><body>\n<h1>Conformance</h1>\n");
        topics();
        failures();
        differences();
        requirements();
        html.append("</body></html>\n");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, html);
    }

    private void topics() {
        html.append("<h2>Scripts</h2>\n<table><tr><th>topic</th>");
        for (final Side side : Side.values()) {
            html.append("<th>").append(side).append("</th>");
        }
        html.append("</tr>\n");
        final Map<String, List<Outcome>> byTopic = outcomes.stream()
            .collect(Collectors.groupingBy(o -> o.script().name().replaceFirst("/.*", ""), TreeMap::new, Collectors.toList()));
        byTopic.put("all", outcomes);
        byTopic.forEach((topic, those) -> {
            html.append("<tr><td>").append(escaped(topic)).append("</td>");
            for (final Side side : Side.values()) {
                cell(those.stream().filter(o -> o.side() == side).toList());
            }
            html.append("</tr>\n");
        });
        html.append("</table>\n");
    }

    private void cell(final List<Outcome> those) {
        if (those.isEmpty()) {
            html.append("<td>not run</td>");
            return;
        }
        final long passed = those.stream().filter(Outcome::passed).count();
        final long bad = those.stream().filter(o -> !o.asExpected()).count();
        html.append("<td class=\"").append(bad > 0 ? "bad" : passed < those.size() ? "mild" : "good").append("\">").append(passed)
            .append(" of ").append(those.size()).append(" pass");
        if (passed < those.size() - bad) {
            html.append(", ").append(those.size() - bad - passed).append(" differ as declared");
        }
        if (bad > 0) {
            html.append(", ").append(bad).append(" not as expected");
        }
        html.append("</td>");
    }

    private void failures() {
        if (outcomes.stream().allMatch(Outcome::asExpected)) {
            return;
        }
        html.append("<h2>Not as expected</h2>\n");
        outcomes.stream().filter(o -> !o.asExpected())
            .forEach(o -> html.append("<pre>").append(escaped(o.report())).append("</pre>\n"));
    }

    private void differences() throws IOException {
        html.append("<h2>Declared differences</h2>\n");
        String open = "";
        for (final String line : Files.readAllLines(conformance.resolve("DIFFERENCES.md"))) {
            if (line.startsWith("### ")) {
                html.append(open).append("<h3>").append(escaped(line.substring(4))).append("</h3>\n<p>");
                open = "</p>\n";
            } else if (!line.startsWith("#") && !open.isEmpty()) {
                html.append(escaped(line)).append('\n');
            }
        }
        html.append(open).append("<p>").append(differences.all().size()).append(" in all.</p>\n");
    }

    private void requirements() throws IOException {
        for (final String rfc : Requirements.RFCS) {
            final List<Requirements.Requirement> table = Requirements.read(conformance, rfc);
            html.append("<h2>").append(rfc.toUpperCase(Locale.ROOT).replace("RFC", "RFC ")).append("</h2>\n<p>")
                .append(count(table, "done")).append(" done, ").append(count(table, "partly")).append(" partly, ")
                .append(count(table, "not")).append(" not, of ").append(table.size()).append("; ")
                .append(table.stream().filter(r -> !r.scripts().isEmpty()).count()).append(" with scripts.</p>\n")
                .append("<table><tr><th>id</th><th>level</th><th>requirement</th><th>status</th><th>class</th><th>scripts</th></tr>\n");
            for (final Requirements.Requirement one : table) {
                html.append("<tr><td>").append(escaped(one.id())).append("</td><td>").append(one.level()).append("</td><td>")
                    .append(escaped(one.text())).append("</td><td class=\"")
                    .append(one.status().startsWith("done") ? "good" : one.status().startsWith("partly") ? "mild" : "bad").append("\">")
                    .append(escaped(one.status())).append("</td><td>").append(escaped(String.join(" ", one.classes())))
                    .append("</td><td>").append(escaped(String.join(" ", one.scripts()))).append("</td></tr>\n");
            }
            html.append("</table>\n");
        }
    }

    private static long count(final List<Requirements.Requirement> table, final String status) {
        return table.stream().filter(r -> r.status().startsWith(status)).count();
    }

    private static String escaped(final String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
