package io.holdfast.failover.witness.zookeeper;

import io.holdfast.failover.witness.Register;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;

/**
 * The znode {@code /holdfast/CLUSTER}, whose version is the register's. A persistent one: whose session ends does not lose what
 * it owns, so that the loss of ZooKeeper, or of the way to it, changes nothing.
 *
 * <p>Every call is answered by Curator's event thread. Nothing is tried again here: who asks knows better whether it still
 * matters.
 */
final class ZooKeeperRegister implements Register {
    private static final byte[] NOTHING = new byte[0];
    /** A backup's first write is made while clients wait: what that takes is loaded before, by writes that come to nothing. */
    private static final int REHEARSALS = 20;
    private static final int NO_VERSION = Integer.MAX_VALUE;

    private interface Call {
        void begin(BackgroundCallback callback) throws Exception;
    }

    private final String address;
    private final String path;
    private final CuratorFramework client;
    private int rehearsals;

    /**
     * @throws IllegalArgumentException if that is no address of ZooKeeper's, or the cluster's name cannot be a znode's
     */
    ZooKeeperRegister(final String address, final String cluster, final Duration patience) {
        this.address = address;
        path = "/holdfast/" + cluster;
        PathUtils.validatePath(path);
        final int ms = Math.toIntExact(patience.toMillis());
        client = CuratorFrameworkFactory.builder().connectString(address).sessionTimeoutMs(ms).connectionTimeoutMs(ms)
            .retryPolicy((count, elapsedMs, sleeper) -> false).ensembleTracker(false).canBeReadOnly(false).zkClientConfig(client()).build();
        client.start();
    }

    /** The program's own ZooKeeper, if it has one, is configured by system properties: those are not for this one. */
    private static ZKClientConfig client() {
        final ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "false");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNIO");
        return config;
    }

    @Override
    public CompletionStage<Entry> read() {
        return call(callback -> {
            // A server that is behind the others catches up first: calls of a session are answered in their order.
            client.sync().inBackground().forPath(path);
            client.getData().inBackground(callback).forPath(path);
            if (rehearsals < REHEARSALS) {
                rehearsals++;
                client.setData().withVersion(NO_VERSION).inBackground((same, event) -> { }).forPath(path, NOTHING);
            }
        }, event -> event.getResultCode() == Code.NONODE.intValue() ? new Entry(ABSENT, NOTHING)
            : new Entry(event.getStat().getVersion(), event.getData()), Code.NONODE);
    }

    @Override
    public CompletionStage<Long> write(final long version, final byte[] bytes) {
        if (version == ABSENT) {
            return call(callback -> client.create().creatingParentsIfNeeded().inBackground(callback).forPath(path, bytes),
                event -> event.getResultCode() == Code.OK.intValue() ? 0L : null, Code.NODEEXISTS);
        }
        return call(callback -> client.setData().withVersion((int) version).inBackground(callback).forPath(path, bytes),
            event -> event.getResultCode() == Code.OK.intValue() ? (Long) (long) event.getStat().getVersion() : null, Code.BADVERSION,
            Code.NONODE);
    }

    private <T> CompletionStage<T> call(final Call call, final Function<CuratorEvent, T> answer, final Code... answers) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        if (!client.getZookeeperClient().isConnected()) {
            // Curator would keep it until it is, for who knows how long.
            result.completeExceptionally(new Unreachable("no connection to " + address));
            return result;
        }
        try {
            call.begin((same, event) -> {
                final int code = event.getResultCode();
                boolean known = code == Code.OK.intValue();
                for (final Code other : answers) {
                    known |= code == other.intValue();
                }
                if (known) {
                    result.complete(answer.apply(event));
                } else {
                    result.completeExceptionally(new IOException(String.valueOf(Code.get(code)).toLowerCase(Locale.ROOT)));
                }
            });
        } catch (final Exception e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    @Override
    public String state() {
        return client.getZookeeperClient().isConnected() ? "connected, znode " + path : "no connection";
    }

    @Override
    public void close() {
        // Waits for the session's end, which does not matter.
        final Thread closing = new Thread(client::close, "holdfast-witness-close");
        closing.setDaemon(true);
        closing.start();
    }
}
