/**
 * Replay: an application repeats the work of another one. It gets the same portions of input, the same ends and errors, and the
 * same answers of clocks and generators, in the same order, without waiting where the other one waited.
 *
 * <pre>
 *   log records --&gt; replication --add--&gt; InputScript, ChoiceScript --take--&gt; threads of the application
 *                                            |
 *                                        EventOrder: which connection's event is due next
 *   Choices: the connection that a thread serves, and its source of time and random numbers
 * </pre>
 *
 * <p>Scripts are filled by the shard and emptied by the application's threads, which may wait here. What may not live here: the
 * format of a record (replication.log), a rule of TCP, and anything that knows the shard.
 */
package io.holdfast.replay;
