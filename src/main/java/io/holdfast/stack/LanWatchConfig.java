package io.holdfast.stack;

import io.holdfast.wire.IpAddress;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Where signs of life of the clients' LAN come from.
 *
 * @param quietNs  after so long without a sign somebody is asked for one
 * @param gateway  asked if not null
 * @param targets  if not empty, only these are asked, and only their ARP packets are signs: where a device shares its bridge with
 *                 other guests of this machine, whose frames prove nothing
 * @param others   asked besides, while nobody else answers
 * @param own      whether that is an address of this host's kernel: its frames come from here
 */
public record LanWatchConfig(long quietNs, IpAddress gateway, List<IpAddress> targets, List<IpAddress> others,
    LongPredicate own) {
}
