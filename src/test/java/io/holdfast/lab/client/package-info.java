/** Clients on the kernel's sockets, each a program. */
package io.holdfast.lab.client;
