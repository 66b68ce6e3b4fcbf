package io.holdfast.conformance.run;

import io.holdfast.conformance.client.AgentClient;
import io.holdfast.conformance.client.AgentGoneException;
import io.holdfast.conformance.client.Body;
import io.holdfast.conformance.client.Op;
import io.holdfast.conformance.packet.ReceivedPacket;
import io.holdfast.conformance.script.Action;
import io.holdfast.conformance.script.Event;
import io.holdfast.conformance.script.Expression;
import io.holdfast.conformance.script.Names;
import io.holdfast.conformance.script.Script;
import io.holdfast.conformance.script.TcpSpec;
import io.holdfast.conformance.script.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One script against one stack. Times are what the script says, each relative to the event before; on a stack in real time,
 * relative to when that event really was, so that what is late does not add up.
 */
final class ScriptRun {
    private static final int DEFAULT_MTU = 1500;
    /** How long {@code *} waits. */
    private static final long ANY_TIME_US = 300_000_000;
    /** How long after the last step nothing may come. */
    private static final long SILENCE_US = 5_000;

    private final Script script;
    private final Side side;
    private final AgentClient client;
    private final Driver driver;
    private final Calls calls;
    private final List<Blocking> blocking = new ArrayList<>();
    private final long toleranceUs;
    private boolean started;
    /** When the event before was: in the script, and on the stack's clock. */
    private long scriptUs;
    private long baseUs;

    /** A call that has not returned. */
    private record Blocking(Calls.Started started, Action.Call call, long untilUs, Event event) {
    }

    ScriptRun(final Script script, final Side side, final AgentClient client) {
        this.script = script;
        this.side = side;
        this.client = client;
        this.driver = new Driver(client, Long.decode(script.options().getOrDefault("remote_isn", "0")).intValue());
        this.calls = new Calls(client, script.events().stream()
            .noneMatch(e -> e.action() instanceof Action.TcpIn in && in.segment().fill() != null));
        this.toleranceUs = Long.parseLong(script.options().getOrDefault("tolerance_usecs", "0"));
    }

    /**
     * Runs it.
     *
     * @return null, or what went wrong
     */
    String run() {
        Event current = null;
        try {
            for (final Event event : script.events()) {
                current = event;
                step(event);
                current = finishReturned(event);
            }
            end();
            return null;
        } catch (final ScriptFailure e) {
            return place(current) + "\n" + e.table();
        } catch (final AgentGoneException e) {
            return place(current) + "\n    " + e.getMessage();
        }
    }

    private String place(final Event event) {
        return event == null ? script.name() : script.name() + ":" + event.line() + " on " + side + "\n    " + event.text();
    }

    private void step(final Event event) {
        final When when = event.when();
        if (event.action() instanceof Action.Settings settings) {
            driver.configure(settings.values());
            return;
        }
        if (!started) {
            started = true;
            driver.hello(Integer.parseInt(script.options().getOrDefault("mtu", String.valueOf(DEFAULT_MTU))));
        }
        final long nominalUs = when.relative() ? scriptUs + when.us() : when.us();
        final long targetUs = baseUs + nominalUs - scriptUs;
        final long endUs = when.endUs() + (when.endRelative() ? baseUs : baseUs - scriptUs);
        if (event.action() instanceof Action.TcpOut out) {
            outbound(out.segment(), when, targetUs, when.kind() == When.Kind.BETWEEN ? endUs : targetUs);
            scriptUs = when.kind() == When.Kind.AT ? nominalUs : baseUs;
            return;
        }
        scriptUs = nominalUs;
        client.nowIsAtLeast(targetUs);
        baseUs = Math.max(baseUs, targetUs);
        if (event.action() instanceof Action.TcpIn in) {
            baseUs = Math.max(baseUs, driver.tcpIn(in.segment()));
        } else if (event.action() instanceof Action.IcmpIn in) {
            baseUs = Math.max(baseUs, driver.icmpIn(in.error()));
        } else if (event.action() instanceof Action.Assertions assertions) {
            check(assertions.conditions());
        } else if (event.action() instanceof Action.Call call) {
            call(call, event, when.kind() == When.Kind.UNTIL ? endUs : -1);
        }
    }

    // --- packets out

    private void outbound(final TcpSpec expected, final When when, final long fromUs, final long toUs) {
        final boolean any = when.kind() == When.Kind.ANY;
        final long deadlineUs = any ? client.nowUs() + ANY_TIME_US : toUs + toleranceUs + side.lateUs(toUs - baseUs);
        Comparison comparison = null;
        long firstUs = -1;
        do {
            final Departure departure = driver.departure(deadlineUs);
            if (departure == null) {
                throw new ScriptFailure("no packet until " + seconds(deadlineUs), expected + " at " + seconds(fromUs), "nothing");
            }
            final ReceivedPacket packet = departure.packet();
            final long sentUs = departure.sentUs();
            if (packet.segment() == null) {
                throw new ScriptFailure("protocol", expected, driver.show(packet) + " at " + seconds(sentUs));
            }
            final Flow flow = driver.flow(packet.segment());
            if (comparison == null) {
                if (expected.port() == null ? driver.portOf(flow) != null : !expected.port().equals(driver.portOf(flow))) {
                    throw new ScriptFailure("the peer's port", expected, driver.show(packet) + " to " + flow.remotePort());
                }
                comparison = new Comparison(expected, flow);
                firstUs = sentUs;
            }
            if (comparison.take(packet.segment())) {
                comparison = null;
            }
        } while (comparison != null);
        if (!any && firstUs < fromUs - toleranceUs - side.earlyUs()) {
            throw new ScriptFailure("too early", expected + " at " + seconds(fromUs), "the same at " + seconds(firstUs));
        }
        final boolean exact = when.kind() == When.Kind.AT && !side.realTime();
        baseUs = exact ? fromUs : Math.max(baseUs, firstUs);
    }

    private static String seconds(final long us) {
        return String.format("%.6f s", us / 1e6);
    }

    // --- calls

    private void call(final Action.Call call, final Event event, final long untilUs) {
        final Calls.Started begun = calls.start(call, untilUs < 0 ? AgentClient.AUTO_ADVANCE : 0);
        if (untilUs < 0) {
            begun.call().await();
            returned(begun, call);
            baseUs = Math.max(baseUs, begun.call().timeUs());
            client.nowIsAtLeast(begun.call().timeUs());
        } else {
            blocking.add(new Blocking(begun, call, untilUs, event));
        }
    }

    private static void returned(final Calls.Started started, final Action.Call call) {
        final int result = started.call().result();
        // Which number a descriptor has is the agent's affair.
        final boolean descriptor = (call.name().equals("socket") || call.name().equals("accept")) && result >= 0;
        if (call.result() != null && (descriptor ? call.result() < 0 : call.result() != result)) {
            throw new ScriptFailure("result of " + call.name(), result(call.result()), result(result));
        }
        started.finish().accept(result);
    }

    private static String result(final int result) {
        return result < 0 ? "-1 " + Names.errnoName(-result) : String.valueOf(result);
    }

    /** Checks the calls that have returned in the meantime; the event to blame if one is wrong. */
    private Event finishReturned(final Event current) {
        for (final Blocking one : List.copyOf(blocking)) {
            if (one.started.call().done()) {
                blocking.remove(one);
                returned(one.started, one.call);
                final long timeUs = one.started.call().timeUs();
                final long lateUs = toleranceUs + side.lateUs(one.untilUs);
                if (timeUs < one.untilUs - toleranceUs - side.earlyUs() || timeUs > one.untilUs + lateUs) {
                    throw new ScriptFailure("when it returned: " + one.event.text(), seconds(one.untilUs), seconds(timeUs));
                }
            }
        }
        return current;
    }

    private void check(final List<Expression> conditions) {
        final Map<String, Long> info = calls.info();
        for (final Expression condition : conditions) {
            if (!condition.holds(name -> value(info, name))) {
                final Map<String, Long> used = new TreeMap<>();
                condition.names().stream().filter(info::containsKey).forEach(name -> used.put(name, info.get(name)));
                throw new ScriptFailure("TCP_INFO", condition, used + " of " + new TreeMap<>(info));
            }
        }
    }

    private static long value(final Map<String, Long> info, final String name) {
        final Long constant = Names.info(name);
        final Long value = constant == null ? info.get(name) : constant;
        if (value == null) {
            throw new ScriptFailure("TCP_INFO has no such field", name, "none");
        }
        return value;
    }

    /** Nothing may be left: no packet, no call. */
    private void end() {
        final long lastUs = Math.max(baseUs, client.nowUs());
        final long untilUs = blocking.stream().mapToLong(b -> b.untilUs + side.lateUs(b.untilUs)).reduce(lastUs, Math::max)
            + (side.realTime() ? SILENCE_US : 0);
        final Departure stray = driver.departure(untilUs);
        if (stray != null) {
            throw new ScriptFailure("one packet too many", "the end of the script",
                driver.show(stray.packet()) + " at " + seconds(stray.sentUs()));
        }
        Driver.expectZero("ADVANCE", client.call(Op.ADVANCE, new Body().i64(client.nowUs())));
        finishReturned(null);
        if (!blocking.isEmpty()) {
            throw new ScriptFailure("a call does not return", blocking.get(0).event.text(), "still blocked");
        }
    }
}
