package io.holdfast.ip;

import io.holdfast.counters.Counters;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;

/** Finds the route to a destination: in the cache, or from addresses, routes and path MTUs. Shard's thread only. */
final class Paths {
    private final Link link;
    private final LocalAddresses addresses;
    private final RouteTable routes;
    private final PathTable table;
    private final PathMtuCache mtus;
    private long generation;

    Paths(
        final Link link,
        final LocalAddresses addresses,
        final RouteTable routes,
        final Counters counters,
        final RandomSource random) {
        this.link = link;
        this.addresses = addresses;
        this.routes = routes;
        table = new PathTable(random.nextLong());
        mtus = new PathMtuCache(counters, random.nextLong());
    }

    /** Addresses or routes changed: every cached path is stale. */
    void invalidate() {
        generation++;
    }

    /** The way there, as known now; valid until the next call. */
    Path to(final long hi, final long lo, final long nowNs) {
        final Path path = table.at(hi, lo);
        if (path.generation != generation || path.mtuUntilNs <= nowNs) {
            resolve(path, nowNs);
        }
        return path;
    }

    /** See {@link IpLayer#lowerPathMtu}. */
    int lowerMtu(final long hi, final long lo, final int nextHopMtu, final int sentBytes, final long nowNs) {
        final Path path = to(hi, lo, nowNs);
        path.mtu = mtus.lower(hi, lo, nextHopMtu, sentBytes, path.mtu, nowNs);
        path.mtuLocked = mtus.locked(hi, lo, nowNs);
        path.mtuUntilNs = mtus.untilNs(hi, lo, nowNs);
        return path.mtu;
    }

    /** See {@link IpLayer#selectSource}. */
    IpAddress source(final long hi, final long lo) {
        if (addresses.owns(hi, lo)) {
            return new IpAddress(hi, lo);
        }
        LocalAddress source = addresses.onLink(hi, lo);
        if (source == null) {
            final IpAddress gateway = routes.gateway(hi, lo);
            source = gateway == null ? null : addresses.onLink(gateway.hi(), gateway.lo());
        }
        if (source == null) {
            source = addresses.first();
        }
        return source == null ? null : new IpAddress(source.hi, source.lo);
    }

    private void resolve(final Path path, final long nowNs) {
        final LinkCapabilities capabilities = link.capabilities();
        path.generation = generation;
        path.neighbor = null;
        path.mtu = mtus.mtu(path.hi, path.lo, capabilities.mtu(), nowNs);
        path.mtuLocked = mtus.locked(path.hi, path.lo, nowNs);
        path.mtuUntilNs = mtus.untilNs(path.hi, path.lo, nowNs);
        final boolean v4 = IpAddress.isV4(path.hi, path.lo);
        final LocalAddress onLink = addresses.onLink(path.hi, path.lo);
        final IpAddress gateway = onLink == null ? routes.gateway(path.hi, path.lo) : null;
        if (addresses.owns(path.hi, path.lo)) {
            path.kind = Path.Kind.LOCAL;
        } else if (!capabilities.ethernet()) {
            path.kind = onLink != null || gateway != null ? Path.Kind.BARE : Path.Kind.NO_ROUTE;
        } else if (v4 && addresses.isBroadcast((int) path.lo)) {
            path.kind = Path.Kind.GROUP;
            path.groupMac = MacAddress.BROADCAST;
        } else if (v4 && IpAddress.isMulticast(path.hi, path.lo)) {
            path.kind = Path.Kind.GROUP;
            path.groupMac = MacAddress.ofV4Group((int) path.lo);
        } else if (onLink != null) {
            toNeighbor(path, path.hi, path.lo, onLink);
        } else {
            final LocalAddress beside = gateway == null ? null : addresses.onLink(gateway.hi(), gateway.lo());
            if (beside == null) {
                path.kind = Path.Kind.NO_ROUTE;
            } else {
                toNeighbor(path, gateway.hi(), gateway.lo(), beside);
            }
        }
    }

    private static void toNeighbor(final Path path, final long nextHi, final long nextLo, final LocalAddress from) {
        path.kind = Path.Kind.NEIGHBOR;
        path.nextHi = nextHi;
        path.nextLo = nextLo;
        path.askFromLo = from.lo;
    }
}
