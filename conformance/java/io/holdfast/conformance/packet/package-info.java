/** IPv4, TCP and ICMP packets, built and taken apart, written without the stack's own codecs. */
package io.holdfast.conformance.packet;
