package io.holdfast.conformance.run;

import io.holdfast.conformance.client.AgentClient;
import io.holdfast.conformance.packet.Segment;
import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.script.Action;
import io.holdfast.conformance.script.Event;
import io.holdfast.conformance.script.Names;
import io.holdfast.conformance.script.Script;
import io.holdfast.conformance.script.TcpSpec;
import io.holdfast.conformance.script.When;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Behaviour of a stack under a script's calls and packets: the script again, with the packets and results that came instead of
 * those it expects. For writing scripts, and for looking at a difference.
 */
public final class Recording {
    private static final int DEFAULT_MTU = 1500;
    /** How long after the last step packets are recorded. */
    private static final long DRAIN_US = 50_000;
    /** A packet sent within this time of a step, in real time, counts as sent at once. */
    private static final long AT_ONCE_US = 3_000;

    private static final Pattern RECORDED = Pattern.compile("(tcpi_\\w+) == recorded");

    private final Script script;
    private final Side side;
    private final AgentClient client;
    private final Driver driver;
    private final Calls calls;
    private final List<String> lines = new ArrayList<>();
    private boolean started;
    private long scriptUs;
    /** When the last recorded thing was, on the script's clock. */
    private long lastUs;
    private Sent gathered;

    /** Data that left in one go. */
    private record Sent(long sentUs, TcpSpec segment) {
    }

    Recording(final Script script, final Side side, final AgentClient client) {
        this.script = script;
        this.side = side;
        this.client = client;
        this.driver = new Driver(client, Long.decode(script.options().getOrDefault("remote_isn", "0")).intValue());
        this.calls = new Calls(client, false);
    }

    /** Runs a script against the agent at that path and returns what it should say of that side. */
    public static String of(final Script script, final Side side, final Path agent) {
        try (AgentClient client = new AgentClient(agent)) {
            final Recording recording = new Recording(script, side, client);
            try {
                recording.run();
            } catch (final ScriptFailure e) {
                recording.lines.add("// " + e.table().replace("\n", "\n// "));
            }
            return String.join("\n", recording.lines) + "\n";
        }
    }

    private void run() {
        if (!script.summary().isEmpty()) {
            lines.add("// " + script.summary());
        }
        script.options().forEach((name, value) -> {
            if (!name.equals("drain")) {
                lines.add("--" + name + "=" + value);
            }
        });
        for (final Event event : script.events()) {
            if (!(event.action() instanceof Action.TcpOut)) {
                step(event);
            } else {
                final When when = event.when();
                scriptUs = when.relative() ? scriptUs + Math.max(when.us(), when.endUs()) : Math.max(when.us(), when.endUs());
            }
        }
        drain(Math.max(scriptUs, client.nowUs()) + Long.parseLong(script.options().getOrDefault("drain", String.valueOf(DRAIN_US))));
    }

    private void step(final Event event) {
        if (event.action() instanceof Action.Settings settings) {
            driver.configure(settings.values());
            lines.add((started ? "+0 " : "") + event.text());
            return;
        }
        if (!started) {
            started = true;
            driver.hello(Integer.parseInt(script.options().getOrDefault("mtu", String.valueOf(DEFAULT_MTU))));
        }
        scriptUs = event.when().relative() ? scriptUs + event.when().us() : event.when().us();
        drain(scriptUs - 1);
        client.nowIsAtLeast(scriptUs);
        final String time = time(scriptUs);
        lastUs = scriptUs;
        if (event.action() instanceof Action.TcpIn in) {
            driver.tcpIn(in.segment());
        } else if (event.action() instanceof Action.IcmpIn in) {
            driver.icmpIn(in.error());
        } else if (event.action() instanceof Action.Call call) {
            lines.add(time + " " + call(call, event.text()));
            return;
        } else if (event.action() instanceof Action.Assertions) {
            lines.add(time + " " + recorded(event.text()));
            return;
        }
        lines.add(time + " " + event.text());
    }

    /** Puts the value in the place of the word {@code recorded}; without that word, all values stand in a comment. */
    private String recorded(final String text) {
        final Map<String, Long> info = calls.info();
        return RECORDED.matcher(text).find()
            ? RECORDED.matcher(text).replaceAll(m -> m.group(1) + " == " + Names.infoValue(m.group(1), info.get(m.group(1))))
            : text + " // " + new TreeMap<>(info);
    }

    private String call(final Action.Call call, final String text) {
        final Calls.Started begun = calls.start(call, AgentClient.AUTO_ADVANCE);
        final int result = begun.call().await().result();
        client.nowIsAtLeast(begun.call().timeUs());
        try {
            begun.finish().accept(result);
        } catch (final ScriptFailure e) {
            return e.getMessage().startsWith("value of") && text.contains("[") ? text.replaceFirst("\\[[^\\]]*\\]", "[" + e.actual() + "]")
                : text + " // " + e.table().replaceAll("\\s+", " ");
        }
        final boolean descriptor = call.name().equals("socket") || call.name().equals("accept");
        final String shown = result < 0 ? "-1 " + Names.errnoName(-result)
            : String.valueOf(descriptor && call.result() != null && call.result() >= 0 ? call.result() : result);
        return text.substring(0, text.lastIndexOf('=')) + "= " + shown;
    }

    private void drain(final long untilUs) {
        for (Departure next = driver.departure(untilUs); next != null; next = driver.departure(untilUs)) {
            final Segment segment = next.packet().segment();
            if (segment == null) {
                flush();
                lines.add(time(next.sentUs()) + " > " + driver.show(next.packet()));
                continue;
            }
            final Flow flow = driver.flow(segment);
            flow.learnIsn(segment, 0);
            segment.options().stream().filter(o -> o.is("TS")).forEach(o ->
                flow.nameStamp(100 + Math.round(lastUs / 1e3), o.values().get(0)));
            gather(new Sent(next.sentUs(), shown(flow.inScript(segment), driver.portOf(flow))));
        }
        flush();
    }

    /** Without the window where it says little. */
    private static TcpSpec shown(final TcpSpec s, final Integer port) {
        final boolean rst = s.has(TcpFlags.RST);
        return new TcpSpec(s.flags(), s.seq(), s.length(), s.ack(), rst || s.has(TcpFlags.SYN) ? s.window() : null, s.urgent(), null,
            s.options(), false, port, null, null);
    }

    private void gather(final Sent next) {
        if (gathered != null) {
            final TcpSpec a = gathered.segment;
            final TcpSpec b = next.segment;
            if (a.length() > 0 && b.length() > 0 && a.seq() + a.length() == b.seq() && Objects.equals(a.ack(), b.ack())
                && a.options().equals(b.options()) && next.sentUs - gathered.sentUs <= AT_ONCE_US
                && Objects.equals(a.port(), b.port())) {
                gathered = new Sent(gathered.sentUs, new TcpSpec(b.flags(), a.seq(), a.length() + b.length(), b.ack(), b.window(),
                    b.urgent(), null, b.options(), false, b.port(), null, null));
                return;
            }
            flush();
        }
        gathered = next;
    }

    private void flush() {
        if (gathered != null) {
            lines.add(time(gathered.sentUs) + " > " + gathered.segment);
            gathered = null;
        }
    }

    private String time(final long us) {
        final long since = us - lastUs;
        if (since <= (side.realTime() ? AT_ONCE_US : 0)) {
            return "+0";
        }
        lastUs = us;
        return "+" + BigDecimal.valueOf(side.realTime() ? since / 1000 * 1000 : since, 6).stripTrailingZeros().toPlainString()
            .replaceFirst("^0\\.", ".");
    }
}
