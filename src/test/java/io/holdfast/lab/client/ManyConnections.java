package io.holdfast.lab.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * {@code ManyConnections HOST PORT COUNT}: opens COUNT connections to an echo server, keeps them all, and has each
 * answer twice: while others are still being opened, and when all are.
 */
public final class ManyConnections {
    private ManyConnections() {
    }

    public static void main(final String[] arguments) throws IOException {
        final InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        final SocketChannel[] channels = new SocketChannel[Integer.parseInt(arguments[2])];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = SocketChannel.open(server);
            echo(channels[i], ~i);
        }
        System.out.println("open " + channels.length);
        final ByteBuffer question = ByteBuffer.allocate(Integer.BYTES);
        for (int i = 0; i < channels.length; i++) {
            channels[i].write(question.clear().putInt(i).flip());
        }
        int answered = 0;
        for (int i = 0; i < channels.length; i++) {
            if (answer(channels[i]) == i) {
                answered++;
            }
        }
        System.out.println("answered " + answered);
        for (final SocketChannel channel : channels) {
            channel.close();
        }
    }

    private static void echo(final SocketChannel channel, final int value) throws IOException {
        channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(value).flip());
        if (answer(channel) != value) {
            throw new IOException("another answer than the question");
        }
    }

    private static int answer(final SocketChannel channel) throws IOException {
        final ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES);
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) {
                throw new IOException("closed before it answered");
            }
        }
        return answer.getInt(0);
    }
}
