package io.holdfast.failover.witness.zookeeper;

import io.holdfast.failover.witness.Register;
import io.holdfast.failover.witness.RegisterProvider;
import java.time.Duration;

/** {@code zookeeper:HOST:PORT,HOST:PORT...}, with {@code /PATH} behind for a root of one's own. */
public final class ZooKeeperProvider implements RegisterProvider {
    @Override
    public String scheme() {
        return "zookeeper";
    }

    @Override
    public Register open(final String address, final String cluster, final Duration patience) {
        return new ZooKeeperRegister(address, cluster, patience);
    }
}
