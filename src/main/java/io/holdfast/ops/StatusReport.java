package io.holdfast.ops;

import io.holdfast.failover.ConnectionProtection;
import io.holdfast.failover.NodeStatus;
import io.holdfast.failover.Protection;
import io.holdfast.membership.Failover;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.membership.Phase;
import io.holdfast.membership.Witness;
import io.holdfast.socket.KernelAcceptor;
import java.util.List;
import java.util.Locale;

/** The state of a protected host for people. */
final class StatusReport {
    private static final int CONNECTIONS_SHOWN = 20;

    private final NodeStatus status;
    private final MembershipStatus membership;
    private final StringBuilder text = new StringBuilder(2_048);

    private StatusReport(final NodeStatus status) {
        this.status = status;
        membership = status.membership();
    }

    /** @param byKernel listeners that are also reached at the host's own addresses, by the kernel */
    static String text(final NodeStatus status, final List<String> listening, final List<KernelAcceptor<?>> byKernel) {
        return new StatusReport(status).write(listening, byKernel);
    }

    private String write(final List<String> listening, final List<KernelAcceptor<?>> byKernel) {
        final MembershipStatus m = membership;
        line("node", status.node() + " of cluster " + status.cluster() + ", mode " + lower(status.mode()));
        line("role", m.role() + (m.phase() == Phase.STEADY ? "" : " (" + m.phase() + ")") + ", epoch " + m.epoch() + ", for "
            + duration(m.atNs() - m.sinceNs()) + ": " + m.reason().sentence() + (m.text().isEmpty() ? "" : " (" + m.text() + ")"));
        final String missing = status.whatIsMissing(!listening.isEmpty());
        line("ready", missing == null ? "yes" : "no: " + missing);
        line("output", m.mayDepart() ? "may depart" : "may not depart");
        line("server", listening.isEmpty() ? "nobody listens" : "listens on " + String.join(", ", listening));
        for (final KernelAcceptor<?> side : byKernel) {
            line("by the kernel", "port " + side.port() + " at the host's own addresses, too: " + side.accepted()
                + " connections so far, not protected");
        }
        line("peer", status.peerAddress() + ": " + (m.peerRole() == null ? "never heard"
            : m.peerRole() + ", epoch " + m.peerEpoch() + ", heard " + duration(m.silentForNs()) + " ago"));
        m.paths().forEach(this::path);
        m.hosts().stream().filter(host -> !host.partner()).forEach(this::host);
        line("lan", lan(m.lan()));
        if (m.witness() != null) {
            line("witness", m.witness().name() + ": " + witness(m.witness()));
        }
        line("detection", detection(m.detection()));
        protection(status.protection());
        m.failovers().forEach(this::failover);
        return text.toString();
    }

    /** Where there are more than two. */
    private void host(final MembershipStatus.HostStatus host) {
        final StringBuilder paths = new StringBuilder();
        host.paths().forEach(path -> paths.append(", ").append(lower(path.path()))
            .append(path.up() ? path.live() ? " up" : " silent" : " down"));
        final String role = host.isSpare() ? "spare" : host.role() + (host.heard() ? "" : " then");
        line("host " + host.name(), (host.role() == null ? "never heard"
            : role + ", epoch " + host.epoch() + ", heard " + duration(host.heardForNs()) + " ago") + paths);
    }

    private void path(final MembershipStatus.PathStatus path) {
        final String heard = path.heardForNs() < 0 ? "" : ", heard " + duration(path.heardForNs()) + " ago";
        final String state = path.up() ? path.live() ? path.lifeline() ? "up, with a lifeline" : "up" : "up, but silent" : "down"
            + (path.loss() == null ? "" : ": " + path.loss() + " " + path.text());
        line("path " + lower(path.path()), state + heard);
    }

    private static String lan(final MembershipStatus.LanStatus lan) {
        if (!lan.watched()) {
            return "not watched: membership.lan_ms is 0";
        }
        final String age = lan.signAgeNs() < 0 ? "nobody was heard yet" : "last sign " + duration(lan.signAgeNs()) + " ago";
        return (lan.gone() ? "gone: the device carries nothing, " : lan.lost() ? "lost, " : lan.heard() ? "heard, " : "") + age;
    }

    private static String witness(final Witness.Status w) {
        final String answered = w.answeredForNs() < 0 ? "never answered" : "answered " + duration(w.answeredForNs()) + " ago";
        return (w.reached() ? "" : "does not answer, ") + answered + ", "
            + (w.epoch() == 0 ? "nothing recorded" : "epoch " + w.epoch() + " recorded for " + w.owner())
            + (w.asked() == 0 ? "" : ", asked for epoch " + w.asked()) + (w.text().isEmpty() ? "" : "; " + w.text());
    }

    private static String detection(final MembershipStatus.DetectionStatus d) {
        return "after " + ms(d.inForceNs()) + " ms of silence, " + ms(d.leastNs()) + " ms at least; heartbeats were up to "
            + ms(d.worstNs()) + " ms late here, which asks for " + ms(d.neededNs()) + " ms, there for " + ms(d.peerNeedsNs()) + " ms"
            + (d.flapping() ? "; takeovers followed each other too soon" : "");
    }

    private void protection(final Protection p) {
        final StringBuilder lag = new StringBuilder();
        append(lag, p.lagBytes(), " bytes");
        append(lag, p.lagRecords(), " records");
        append(lag, p.roundTripNs() < 0 ? -1 : p.roundTripNs() / 1_000, " us from a batch to its acknowledgement");
        line("lag", lag.isEmpty() ? "-" : lag.toString());
        if (p.behindNs() >= 0) {
            line("servers here", p.behindNs() == 0 ? "are where the primary's are" : "are " + ms(p.behindNs()) + " ms behind the primary's");
        }
        line("history", p.historyBytes() + " bytes");
        line("connections", p.safe() + " protected, " + p.catchingUp() + " catching up, " + p.unprotected() + " unprotected");
        int shown = 0;
        // Unprotected connections come first.
        for (final ConnectionProtection.State state : List.of(ConnectionProtection.State.UNPROTECTED,
            ConnectionProtection.State.CATCHING_UP, ConnectionProtection.State.PROTECTED)) {
            for (final ConnectionProtection c : p.connections()) {
                if (c.state() == state && shown++ < CONNECTIONS_SHOWN) {
                    text.append(String.format("  %-12s %-21s  %-21s  %s%n", lower(state).replace('_', ' '), Ends.local(c.ends()),
                        Ends.remote(c.ends()), c.reason()).stripTrailing()).append('\n');
                }
            }
        }
        if (shown > CONNECTIONS_SHOWN) {
            text.append("  ... and ").append(p.safe() + p.catchingUp() + p.unprotected() - CONNECTIONS_SHOWN).append(" more\n");
        }
    }

    private void failover(final Failover f) {
        text.append('\n').append(f.from()).append(" -> ").append(f.to()).append(", epoch ").append(f.fromEpoch()).append(" -> ")
            .append(f.toEpoch()).append(", ").append(duration(membership.atNs() - f.decidedNs())).append(" ago: ")
            .append(f.reason().sentence()).append('\n');
        if (f.detectionNs() >= 0) {
            text.append("  decided ").append(ms(f.detectionNs())).append(" ms after the peer was heard last\n");
        }
        if (f.takeoverNs() >= 0) {
            text.append("  served ").append(ms(f.takeoverNs())).append(" ms after that, ").append(f.connections())
                .append(" connections carried on\n");
        }
        for (final Failover.Step step : f.steps()) {
            text.append(String.format("  %10s ms  %s%n", ms(step.atNs() - f.beganNs()), step.what()));
        }
    }

    private void line(final String name, final String value) {
        text.append(String.format("%-17s %s%n", name, value));
    }

    private static void append(final StringBuilder lag, final long value, final String unit) {
        if (value >= 0) {
            lag.append(lag.isEmpty() ? "" : ", ").append(value).append(unit);
        }
    }

    private static String duration(final long ns) {
        return ns < 10_000_000_000L ? ms(ns) + " ms" : ns / 1_000_000_000L + " s";
    }

    private static String ms(final long ns) {
        return String.format(Locale.ROOT, "%.1f", ns / 1e6);
    }

    private static String lower(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
