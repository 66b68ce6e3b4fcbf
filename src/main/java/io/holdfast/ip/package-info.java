/** IPv4 (and room for IPv6): validation, routes, neighbours, fragments, path MTU. Addresses are two longs everywhere. */
package io.holdfast.ip;
