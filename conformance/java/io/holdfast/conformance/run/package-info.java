/** Scripts in action: one against one agent, many at a time, and what came of them. */
package io.holdfast.conformance.run;
