/** Certificates and keys for tests of the replication channel: what {@code holdfast keys} writes. */
package io.holdfast.app.keys;
