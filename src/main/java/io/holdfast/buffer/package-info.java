/** Off-heap memory: the pool of chunks, stream buffers over it, with limits; every copy is checked against the pool's bounds. */
package io.holdfast.buffer;
