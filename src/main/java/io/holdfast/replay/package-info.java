/**
 * How an application does again what another one did: the same portions of input, the same ends and errors, the same answers of
 * clocks and generators, in the same order, and without waiting where the other one waited.
 *
 * <pre>
 *   log records --&gt; replication --add--&gt; InputScript, ChoiceScript --take--&gt; threads of the application
 *                                            |
 *                                        EventOrder: which connection's event is due next
 *   Choices: which connection a thread serves, and whom it asks for the time or a random number
 * </pre>
 *
 * <p>Scripts are filled by the shard and emptied by the application's threads, which may wait here. What may not live here: the
 * format of a record (replication.log), a rule of TCP, and anything that knows the shard.
 */
package io.holdfast.replay;
