package survey;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Creates nodes and reads them back in one session: ADDRESS PORT UNTIL. */
public final class ZooKeeperClient {
    private static final int BYTES_MOST = 2_000;
    private static final int TIMEOUT_MS = 30_000;

    private ZooKeeperClient() {
    }

    public static void main(final String[] args) throws Exception {
        final Work work = new Work(args[2]);
        final CountDownLatch connected = new CountDownLatch(1);
        final Watcher watcher = event -> {
            switch (event.getState()) {
                case SyncConnected -> connected.countDown();
                case Disconnected, Expired -> Work.fail("the session is " + event.getState());
                default -> { }
            }
        };
        final ZooKeeper client = new ZooKeeper(args[0] + ":" + args[1], TIMEOUT_MS, watcher);
        connected.await();
        final Random random = new Random(1);
        int nodes = 0;
        while (work.goOn()) {
            final long since = System.nanoTime();
            final byte[] bytes = new byte[random.nextInt(BYTES_MOST)];
            random.nextBytes(bytes);
            final String path = client.create("/n", bytes, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
            Work.expect(String.format("/n%010d", nodes++), path, "node");
            Work.expect(true, Arrays.equals(bytes, client.getData(path, false, null)), "content of " + path);
            Work.done("node", since);
        }
        Runtime.getRuntime().halt(0);
    }
}
