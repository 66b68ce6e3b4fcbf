/**
 * Two nodes' memberships, their paths, their clients' LAN and an abstract log between them, in virtual time, in one
 * thread, from one seed. The oracle judges what clients were sent, not what the code says of itself.
 */
package io.holdfast.membership.sim;
