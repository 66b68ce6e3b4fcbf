/** A client of the conformance agent's protocol. */
package io.holdfast.conformance.client;
