/** ARP: the cache of who has which address, with states and limits; conflict detection. */
package io.holdfast.ip.neighbor;
