package io.holdfast.app.conformance;

import io.holdfast.util.Deadline;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One accepted connection and its session. Its own thread reads requests and executes them; with a real clock a second
 * one sleeps until the session's next deadline. A lock keeps the two apart.
 */
final class AgentConnection implements Runnable {
    private final String name;
    private final SocketChannel channel;
    private final PrintStream errors;
    private final Runnable onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Session session = new Session(this::write);
    private Thread timer;
    private boolean ended;

    /**
     * @param errors told why the connection ended, if it did not end by itself
     */
    AgentConnection(final String name, final SocketChannel channel, final PrintStream errors, final Runnable onEnd) {
        this.name = name;
        this.channel = channel;
        this.errors = errors;
        this.onEnd = onEnd;
    }

    @Override
    public void run() {
        try {
            final FrameReader reader = new FrameReader(channel);
            for (Request request = reader.next(); request != null; request = reader.next()) {
                execute(request);
            }
        } catch (final MalformedFrameException e) {
            errors.println("conformance-agent: " + name + ": malformed frame: " + e.getMessage());
        } catch (final IOException | UncheckedIOException e) {
            // The peer went away, perhaps in the middle of a reply.
        } catch (final RuntimeException | OutOfMemoryError e) {
            report(e);
        } finally {
            end();
        }
    }

    private void execute(final Request request) throws MalformedFrameException {
        lock.lock();
        try {
            session.execute(request);
            if (session.realTime()) {
                if (timer == null) {
                    timer = new Thread(this::fireTimers, Thread.currentThread().getName() + "-timer");
                    timer.setDaemon(true);
                    timer.start();
                }
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void fireTimers() {
        lock.lock();
        try {
            while (!ended) {
                session.onTime();
                final long deadlineNs = session.nextDeadlineNs();
                if (deadlineNs == Deadline.NONE) {
                    changed.await();
                } else {
                    changed.await(deadlineNs - session.clock().nowNs(), TimeUnit.NANOSECONDS);
                }
            }
        } catch (final InterruptedException | UncheckedIOException e) {
            // The connection has ended.
        } catch (final RuntimeException e) {
            report(e);
            closeChannel();
        } finally {
            lock.unlock();
        }
    }

    private void write(final ByteBuffer frame) {
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
            session.close();
        } catch (final RuntimeException e) {
            report(e);
        } finally {
            lock.unlock();
            closeChannel();
            onEnd.run();
        }
    }

    void closeChannel() {
        try {
            channel.close();
        } catch (final IOException e) {
            // Nothing is left to be lost.
        }
    }

    /** A fault of the stack or the agent: ends this session only. */
    private void report(final Throwable e) {
        synchronized (errors) {
            errors.println("conformance-agent: " + name + ": internal error");
            e.printStackTrace(errors);
        }
    }
}
