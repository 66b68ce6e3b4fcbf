/** Off-heap memory: the pool of chunks, stream buffers over it, with limits. */
package io.holdfast.buffer;
