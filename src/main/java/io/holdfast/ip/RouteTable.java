package io.holdfast.ip;

import io.holdfast.wire.IpAddress;

/** Routes through gateways; routes to destinations on the link follow from {@link LocalAddresses}. Shard's thread only. */
final class RouteTable {
    static final int MAX_ROUTES = 64;

    private record Route(IpAddress prefix, int prefixLength, IpAddress gateway) {
    }

    private final Route[] routes = new Route[MAX_ROUTES];
    private int count;

    /** Adds a route, or changes the gateway of the one with the same prefix. False if the table is full. */
    boolean put(final IpAddress prefix, final int prefixLength, final IpAddress gateway) {
        remove(prefix, prefixLength);
        if (count == MAX_ROUTES) {
            return false;
        }
        routes[count++] = new Route(prefix, prefixLength, gateway);
        return true;
    }

    private void remove(final IpAddress prefix, final int prefixLength) {
        for (int i = 0; i < count; i++) {
            if (routes[i].prefixLength == prefixLength && routes[i].prefix.equals(prefix)) {
                routes[i] = routes[--count];
                routes[count] = null;
                return;
            }
        }
    }

    /** The gateway of the longest prefix that contains the destination; null if there is none. */
    IpAddress gateway(final long hi, final long lo) {
        Route best = null;
        for (int i = 0; i < count; i++) {
            final Route route = routes[i];
            if ((best == null || route.prefixLength > best.prefixLength)
                && Prefix.contains(route.prefix.hi(), route.prefix.lo(), route.prefixLength, hi, lo)) {
                best = route;
            }
        }
        return best == null ? null : best.gateway;
    }
}
