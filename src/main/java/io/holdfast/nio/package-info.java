/**
 * A SelectorProvider whose selector carries stack channels and kernel channels together. A channel keeps what does not depend on
 * whose it is (keys, locks, options set early); what does, is its side's: {@code StackStream} or {@code KernelStream}.
 */
package io.holdfast.nio;
