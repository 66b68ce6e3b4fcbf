package io.holdfast.nio.parity;

import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;

/** A server's and a client's end of one network. */
public interface Network {
    SelectorProvider server();

    SelectorProvider client();

    /** Where servers bind. */
    InetAddress serverAddress();

    /** What clients come from. */
    InetAddress clientAddress();
}
