package io.holdfast.membership.sim;

import io.holdfast.counters.Counters;
import io.holdfast.failover.witness.Register;
import io.holdfast.failover.witness.RegisterWitness;
import io.holdfast.membership.Witness;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A register beyond the hosts, reached by a client library that has sessions: what is asked arrives or not, is answered or not,
 * and what was asked in a session that is given up may still come through much later.
 */
final class ThirdParty {
    private static final long MS = 1_000_000;
    private static final long LEAST_DELAY_NS = 100_000;
    /** So long a client waits for an answer before it gives its session up. */
    private static final long SESSION_NS = 60 * MS;
    /** So much later something from a session of before may be done. */
    private static final long LATE_NS = 1_500 * MS;
    private static final int LATE = 3;

    private final Cluster cluster;
    private long version = Register.ABSENT;
    private byte[] value = new byte[0];
    /** Nobody reaches it. */
    boolean down;
    /** Each host's own way to it; besides, where it is on the LAN, the host's port counts. */
    final boolean[] cut = new boolean[2];
    boolean onLan;
    long maxDelayNs = 3 * MS;
    /** When the last of what comes late has come. */
    private long lateNs;

    ThirdParty(final Cluster cluster) {
        this.cluster = cluster;
    }

    Witness of(final Host host, final long aloneNs) {
        final long process = host.incarnation();
        return new RegisterWitness("simulated", new Session(host), "n" + host.index, process, aloneNs, new Counters(), host::nowNs,
            task -> cluster.events.after(0, () -> {
                if (host.isRunning() && host.incarnation() == process) {
                    host.input(task);
                }
            }));
    }

    void heal() {
        down = false;
        cut[0] = false;
        cut[1] = false;
        maxDelayNs = 3 * MS;
    }

    /** Whether both processes have an answer since it was mended, and nothing comes late. */
    boolean isSettled() {
        for (final Host host : cluster.hosts) {
            final Witness.Status status = host.membership.status(host.nowNs()).witness();
            if (!status.reached() || status.asked() != 0) {
                return false;
            }
        }
        return cluster.events.nowNs() > lateNs;
    }

    private boolean isReached(final Host host) {
        return !down && !cut[host.index] && host.answers() && !(onLan && host.lanCut);
    }

    private long delayNs() {
        return cluster.random.nextLong(LEAST_DELAY_NS, maxDelayNs);
    }

    private final class Session implements Register {
        private final Host host;
        private boolean lost;

        Session(final Host host) {
            this.host = host;
        }

        @Override
        public CompletionStage<Entry> read() {
            return ask(() -> new Entry(version, value));
        }

        @Override
        public CompletionStage<Long> write(final long expected, final byte[] bytes) {
            return ask(() -> {
                if (version != expected) {
                    return null;
                }
                version++;
                value = bytes;
                cluster.clients.note("recorded by " + host + ": " + new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
                return version;
            });
        }

        private <T> CompletionStage<T> ask(final Supplier<T> deed) {
            final CompletableFuture<T> answer = new CompletableFuture<>();
            if (!isReached(host) && lost) {
                cluster.events.after(SESSION_NS / 2, () -> answer.completeExceptionally(new Unreachable("not connected")));
                return answer;
            }
            // It is known only when somebody was asked.
            lost = !isReached(host);
            cluster.events.after(SESSION_NS, () -> answer.completeExceptionally(new IOException("the session is lost")));
            cluster.events.after(delayNs(), () -> {
                if (isReached(host)) {
                    answerWith(deed.get(), answer);
                } else if (cluster.random.nextInt(LATE) == 0) {
                    // It lay in a queue of the session's.
                    final long afterNs = cluster.random.nextLong(MS, LATE_NS);
                    lateNs = Math.max(lateNs, cluster.events.nowNs() + afterNs);
                    cluster.events.after(afterNs, deed::get);
                }
            });
            return answer;
        }

        private <T> void answerWith(final T what, final CompletableFuture<T> answer) {
            cluster.events.after(delayNs(), () -> {
                if (isReached(host)) {
                    answer.complete(what);
                }
            });
        }

        @Override
        public String state() {
            return "";
        }

        @Override
        public void close() {
            // Processes die here.
        }
    }
}
