package io.holdfast.stack;

/**
 * The shard's third party beside device and applications: what carries its connections to another host, or follows those of
 * another host. Called with the baton only; nothing here blocks.
 *
 * <p>In the order of a duty cycle: {@link #roomForInput}, segments (each connection's {@code InputTap}), verbs, timers, then
 * {@link #beginFlush}, {@link #capture} of each connection that was touched, before it transmits, and {@link #endFlush}.
 */
public interface Replication {
    /** May frames be taken in now? Not while the log has no room for what they bring. */
    boolean roomForInput();

    /**
     * May a segment that belongs to nothing here be answered with a reset? Not while the server that it is for is being started.
     */
    boolean answersStrays(long nowNs);

    /** May anything leave now? Not by a host whose lease has run out (M2). */
    boolean mayDepart(long nowNs);

    /** A connection came to be, half open ones too; its control block is filled in. */
    void onAdded(Endpoint endpoint, long nowNs);

    /** A batch ends: what applications read and chose until now goes into the log. */
    void beginFlush(long nowNs);

    /**
     * The connection was touched: what changed goes into the log, and says what its output waits for.
     *
     * @return false if the log has no room: nothing new may leave, and it is to be asked again soon
     */
    boolean capture(Endpoint endpoint, long nowNs);

    /** The batch has been settled: the log goes on its way. */
    void endFlush(long nowNs);

    /** The connection left the table. */
    void onDropped(Endpoint endpoint, long nowNs);

    /** The application accepted the connection. */
    void onAccepted(Endpoint endpoint);

    /** An application listens. */
    void onListening(ListenerEntry entry, long nowNs);

    /** An application is about to end its listening, and with it all that it has not accepted. */
    void onUnlistening(ListenerEntry entry);

    /**
     * An application's verbs for a connection that lives on another host, also for one that has left the table.
     *
     * @return false if the connection is not such a one: then the verbs are the connection's
     */
    boolean onVerbs(Endpoint endpoint, int verbs, long nowNs);
}
