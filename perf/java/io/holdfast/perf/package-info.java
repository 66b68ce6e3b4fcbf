/** Programs of perf/run.sh: the client on the kernel's sockets, the report, the measurement of allocation. */
package io.holdfast.perf;
