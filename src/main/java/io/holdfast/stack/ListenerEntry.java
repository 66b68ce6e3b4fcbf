package io.holdfast.stack;

import io.holdfast.tcp.TcpListener;
import io.holdfast.wire.IpAddress;
import java.util.ArrayDeque;

/** A listener's place in its shard, and where it meets the application. */
public final class ListenerEntry {
    final TcpListener listener;
    final IpAddress address;
    final int port;
    final int backlog;
    /** Connections that another host's application served can be given to it. */
    final boolean resumes;
    boolean dirty;
    /** Of other hosts' applications, not taken yet. With the baton only. */
    final ArrayDeque<Resumption> resumed = new ArrayDeque<>();
    private volatile int acceptable;
    private volatile Runnable observer;

    ListenerEntry(final TcpListener listener, final IpAddress address, final int port, final int backlog,
        final boolean resumes) {
        this.resumes = resumes;
        this.listener = listener;
        this.address = address;
        this.port = port;
        this.backlog = backlog;
    }

    public TcpListener listener() {
        return listener;
    }

    /** Connections that can be accepted, as last published. Any thread. */
    public int acceptable() {
        return acceptable;
    }

    /** Told by the thread that runs the shard that something can be accepted or resumed; null for nobody. */
    public void observer(final Runnable value) {
        observer = value;
    }

    /** Publishes what can be accepted. With the baton. */
    void publish() {
        acceptable = listener.acceptable();
        final Runnable told = observer;
        if ((acceptable > 0 || !resumed.isEmpty()) && told != null) {
            told.run();
        }
    }

    /** As {@link #publish}, telling nobody: after an accept. */
    void refresh() {
        acceptable = listener.acceptable();
    }
}
