package io.holdfast.ops;

import io.holdfast.failover.ConnectionProtection;
import io.holdfast.failover.NodeStatus;
import io.holdfast.failover.Protection;
import io.holdfast.membership.Failover;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.replication.channel.Path;
import io.holdfast.socket.KernelAcceptor;
import java.util.List;

/**
 * The state of a protected host for programs: one JSON object. Times are in milliseconds, most of them counted back from now;
 * unknown values are null.
 */
final class StatusJson {
    private StatusJson() {
    }

    /** @param byKernel listeners that are reached at the kernel's addresses of the host, too */
    static String text(final NodeStatus status, final List<String> listening, final List<KernelAcceptor<?>> byKernel) {
        final MembershipStatus m = status.membership();
        final String missing = status.whatIsMissing(!listening.isEmpty());
        final Json json = new Json().object()
            .put("cluster", status.cluster()).put("node", status.node()).put("mode", lower(status.mode()))
            .put("role", m.role().name()).put("epoch", m.epoch()).ms("roleForMs", m.atNs() - m.sinceNs())
            .put("reason", m.reason().name()).put("reasonText", m.reason().sentence()).put("detail", m.text())
            .put("phase", m.phase().name()).put("ready", missing == null).put("missing", missing)
            .put("mayDepart", m.mayDepart()).put("position", m.position());
        json.array("listening");
        for (final String address : listening) {
            json.object().put("address", address).end();
        }
        json.endArray();
        json.array("unprotectedByKernel");
        for (final KernelAcceptor<?> side : byKernel) {
            json.object().put("port", side.port()).put("accepted", side.accepted()).end();
        }
        json.endArray();
        json.object("peer").put("address", status.peerAddress()).put("role", m.peerRole() == null ? null : m.peerRole().name())
            .put("epoch", m.peerEpoch()).put("position", m.peerPosition()).ms("heardMsAgo", m.silentForNs()).end();
        json.array("paths");
        m.paths().forEach(path -> path(json, path));
        json.endArray();
        json.array("hosts");
        m.hosts().forEach(host -> host(json, host));
        json.endArray();
        json.object("lan").put("watched", m.lan().watched()).put("heard", m.lan().heard()).put("lost", m.lan().lost())
            .put("gone", m.lan().gone()).ms("signMsAgo", m.lan().signAgeNs()).put("peerHears", m.peerHearsLan()).end();
        if (m.witness() != null) {
            json.object("witness").put("name", m.witness().name()).put("reached", m.witness().reached())
                .ms("answeredMsAgo", m.witness().answeredForNs()).put("epoch", m.witness().epoch()).put("owner", m.witness().owner())
                .put("asked", m.witness().asked()).put("detail", m.witness().text()).end();
        }
        json.object("detection").ms("inForceMs", m.detection().inForceNs()).ms("leastMs", m.detection().leastNs())
            .ms("worstLateMs", m.detection().worstNs()).ms("neededMs", m.detection().neededNs())
            .ms("peerNeedsMs", m.detection().peerNeedsNs()).put("flapping", m.detection().flapping()).end();
        protection(json, status.protection());
        json.array("failovers");
        m.failovers().forEach(failover -> failover(json, failover, m.atNs()));
        return json.endArray().end().toString();
    }

    private static void host(final Json json, final MembershipStatus.HostStatus host) {
        json.object().put("node", host.name()).put("partner", host.partner())
            .put("role", host.role() == null ? null : host.role().name()).put("epoch", host.epoch()).put("spare", host.isSpare())
            .put("heard", host.heard()).ms("heardMsAgo", host.heardForNs())
            .put("hearsLan", host.hearsLan()).array("paths");
        host.paths().forEach(path -> path(json, path));
        json.endArray().end();
    }

    private static void path(final Json json, final MembershipStatus.PathStatus path) {
        json.object().put("path", lower(path.path())).put("up", path.up()).put("live", path.live())
            .ms("heardMsAgo", path.heardForNs()).put("loss", path.loss() == null ? null : path.loss().name())
            .put("detail", path.text()).put("lifeline", path.lifeline()).end();
    }

    private static void protection(final Json json, final Protection p) {
        json.object("lag").known("bytes", p.lagBytes()).known("records", p.lagRecords())
            .known("roundTripUs", p.roundTripNs() < 0 ? -1 : p.roundTripNs() / 1_000).end();
        json.put("historyBytes", p.historyBytes());
        if (p.behindNs() >= 0) {
            json.ms("serversBehindMs", p.behindNs());
        }
        json.object("connections").put("protected", p.safe()).put("catchingUp", p.catchingUp())
            .put("unprotected", p.unprotected()).array("list");
        for (final ConnectionProtection c : p.connections()) {
            json.object().put("id", Long.toHexString(c.id())).put("local", Ends.local(c.ends()))
                .put("remote", Ends.remote(c.ends())).put("state", lower(c.state())).put("reason", c.reason()).end();
        }
        json.endArray().end();
    }

    private static void failover(final Json json, final Failover f, final long nowNs) {
        json.object().put("from", f.from().name()).put("to", f.to().name()).put("fromEpoch", f.fromEpoch())
            .put("toEpoch", f.toEpoch()).put("reason", f.reason().name()).put("detail", f.text())
            .put("beganAtMs", System.currentTimeMillis() - (nowNs - f.beganNs()) / 1_000_000)
            .ms("msAgo", nowNs - f.decidedNs()).ms("detectionMs", f.detectionNs()).ms("takeoverMs", f.takeoverNs())
            .put("connections", f.connections()).array("steps");
        for (final Failover.Step step : f.steps()) {
            json.object().ms("ms", step.atNs() - f.beganNs()).put("what", step.what())
                .put("key", step.key().isEmpty() ? null : step.key()).end();
        }
        json.endArray().end();
    }

    private static String lower(final Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }
}
