/** A SelectorProvider whose selector carries stack channels and kernel channels together. */
package io.holdfast.nio;
