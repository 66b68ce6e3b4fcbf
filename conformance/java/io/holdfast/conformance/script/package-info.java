/** Scripts in packetdrill's notation: what they say, parsed, without doing any of it. */
package io.holdfast.conformance.script;
