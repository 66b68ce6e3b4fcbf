package io.holdfast.replication.channel;

/**
 * Our ends of one path, by the host's place.
 *
 * @param listener what they share
 */
record PathEnds(PathListener listener, PathEnd[] hosts) implements Arrivals {
    static PathEnds of(final Path path, final ChannelContext context, final Handler handler, final long nowNs) {
        final PathListener listener = new PathListener(path, context);
        final PathEnd[] hosts = new PathEnd[context.peers().count()];
        for (int host = 0; host < hosts.length; host++) {
            hosts[host] = new PathEnd(path, context.peers().get(host), context, listener, handler, nowNs);
        }
        return new PathEnds(listener, hosts);
    }

    PathEnd of(final int host) {
        return hosts[host];
    }

    /** Goes on with who has come. */
    void accept(final long nowNs) {
        listener.poll(this, hosts.length, nowNs);
    }

    @Override
    public Connection current(final int host) {
        return hosts[host].current();
    }

    @Override
    public void arrive(final int host, final Connection connection, final long nowNs) {
        hosts[host].arrive(connection, nowNs);
    }

    void close() {
        listener.close();
        for (final PathEnd end : hosts) {
            end.close();
        }
    }
}
