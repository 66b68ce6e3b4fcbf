/** What perf/run.sh runs: the client on the kernel's sockets, the report, the measurement of allocation. */
package io.holdfast.perf;
