/** Holdfast: a TCP/IP stack in user space whose server sockets survive the death of their host. */
package io.holdfast;
