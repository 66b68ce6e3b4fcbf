package io.holdfast.socket;

/**
 * Gets the connections back that this application, on another host, served until that died or handed over. Set with
 * {@link ListenerSocket#resumeHandler}.
 *
 * <p>What the application is given, and what is left to it:
 * <ul>
 * <li>Reading goes on at {@link Checkpoint#readOffset()}: input from there on comes (again), none before it.
 * <li>Writing goes on at {@link StreamSocket#writeOffset()}: everything that was written before there, also after the checkpoint,
 * is stored, and reaches the client without the application's help. What lies between {@link Checkpoint#writeOffset()} and there
 * was written for input that comes again: the application leaves out so many bytes of what it would write for it, or asks its own
 * records what they were.
 * <li>An end of either stream that it had asked for holds: {@link StreamSocket#shutdownOutput} and
 * {@link StreamSocket#shutdownInput} are remembered. Connections that it had closed do not come back.
 * </ul>
 */
@FunctionalInterface
public interface ResumeHandler {
    /**
     * Inside the shard, by the thread that runs it, in the order in which the connections were accepted: it must not block, but
     * may read, write, or leave the socket to another thread. An exception that leaves it resets the connection and nothing else.
     * Where the listener has a {@link ConnectionHandler}, that serves the socket afterwards, without {@code onConnected}.
     */
    void onResume(StreamSocket socket, Checkpoint checkpoint) throws Exception;
}
