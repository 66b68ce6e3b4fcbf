/**
 * IPv4 (and room for IPv6): validation, routes, neighbours, fragments, path MTU. Addresses are two longs everywhere.
 *
 * <pre>
 *  frame -> IpLayer -> ArpProtocol -> NeighborCache           packet -> IpLayer.send -> Paths -> Ipv4Output -> Link
 *                   -> Ipv4Input [-> Reassembler] -> up                                    (LocalQueue: to ourselves)
 * </pre>
 */
package io.holdfast.ip;
