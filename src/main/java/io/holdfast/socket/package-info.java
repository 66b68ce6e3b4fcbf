/** The native socket API: what a Java server that links against Holdfast uses, and what nio, net and the conformance agent stand on. */
package io.holdfast.socket;
