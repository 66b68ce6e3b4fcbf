/** Clients, each a program: they know nothing of Holdfast, and run on the kernel's sockets unless the agent comes in. */
package io.holdfast.lab.client;
