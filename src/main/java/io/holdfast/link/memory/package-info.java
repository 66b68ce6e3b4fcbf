/** Links between stacks in one process, for tests and simulation. */
package io.holdfast.link.memory;
