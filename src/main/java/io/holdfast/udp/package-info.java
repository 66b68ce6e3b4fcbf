/** The core of datagram sockets: demultiplexing, checksums, queues with limits. */
package io.holdfast.udp;
