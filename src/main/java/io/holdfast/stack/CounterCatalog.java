package io.holdfast.stack;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.IcmpCounter;
import io.holdfast.counters.IpCounter;
import io.holdfast.counters.LinkCounter;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.counters.StackCounter;
import io.holdfast.counters.TcpCounter;
import io.holdfast.counters.UdpCounter;
import io.holdfast.tcp.RecoveryCounters;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every counter there is, by component, in the order in which a person reads a stack: from the device up. */
public final class CounterCatalog {
    private static final Map<String, List<CounterDescriptor>> COMPONENTS = components();

    private CounterCatalog() {
    }

    public static Map<String, List<CounterDescriptor>> byComponent() {
        return COMPONENTS;
    }

    /** What the counters' file describes: all of them. */
    static List<CounterDescriptor> all() {
        return COMPONENTS.values().stream().flatMap(List::stream).toList();
    }

    private static Map<String, List<CounterDescriptor>> components() {
        final Map<String, List<CounterDescriptor>> all = new LinkedHashMap<>();
        all.put("link", List.of(LinkCounter.values()));
        all.put("ip", List.of(IpCounter.values()));
        all.put("icmp", List.of(IcmpCounter.values()));
        all.put("udp", List.of(UdpCounter.values()));
        all.put("tcp", List.of(TcpCounter.values()));
        all.put("recovery", List.of(RecoveryCounters.descriptors()));
        all.put("stack", List.of(StackCounter.values()));
        all.put("replication", List.of(ReplicationCounter.values()));
        all.put("channel", List.of(ChannelCounter.values()));
        all.put("membership", List.of(MembershipCounter.values()));
        return Collections.unmodifiableMap(all);
    }
}
