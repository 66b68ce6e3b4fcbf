package io.holdfast.conformance.script;

/**
 * An ICMP error.
 *
 * @param rest the header's last word, for "fragmentation needed" the MTU
 * @param seq of the segment that it quotes, relative
 */
public record IcmpSpec(int type, int code, int rest, long seq) {
}
