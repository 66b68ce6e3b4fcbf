/**
 * "How much": congestion control and pacing, behind an interface that sees numbers and never the connection. Windows
 * are counted in segments, as Linux counts them, so that many small segments are held back like many large ones.
 */
package io.holdfast.tcp.congestion;
