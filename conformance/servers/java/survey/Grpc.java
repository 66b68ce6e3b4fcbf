package survey;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** gRPC with its own Netty. Server: serve ADDRESS PORT. Client, one call after the other: ADDRESS PORT UNTIL. */
public final class Grpc {
    private static final int STREAM_LENGTH = 20;
    private static final int TEXT_MOST = 2_000;
    private static final int WAIT_S = 30;
    private static final AtomicLong CALLS = new AtomicLong();
    private static final MethodDescriptor<String, String> ASK = method("survey/Ask", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> STREAM = method("survey/Stream",
        MethodDescriptor.MethodType.SERVER_STREAMING);

    private Grpc() {
    }

    public static void main(final String[] args) throws Exception {
        if (args[0].equals("serve")) {
            serve(args[1], Integer.parseInt(args[2]));
        } else {
            work(args[0], Integer.parseInt(args[1]), new Work(args[2]));
        }
    }

    /** Numbers of the calls, so that none can be lost or done twice. */
    private static void serve(final String address, final int port) throws Exception {
        final var service = ServerServiceDefinition.builder("survey")
            .addMethod(ASK, ServerCalls.asyncUnaryCall((question, observer) -> {
                observer.onNext(CALLS.incrementAndGet() + " " + question);
                observer.onCompleted();
            }))
            .addMethod(STREAM, ServerCalls.asyncServerStreamingCall((question, observer) -> {
                for (int i = 0; i < STREAM_LENGTH; i++) {
                    observer.onNext(CALLS.incrementAndGet() + " " + question);
                }
                observer.onCompleted();
            })).build();
        final var server = NettyServerBuilder.forAddress(new InetSocketAddress(address, port)).addService(service).build()
            .start();
        System.out.println("listening");
        server.awaitTermination();
    }

    private static void work(final String address, final int port, final Work work) {
        final ManagedChannel channel = NettyChannelBuilder.forAddress(address, port).usePlaintext().disableRetry().build();
        final Random random = new Random(1);
        long calls = 0;
        try {
            while (work.goOn()) {
                final long since = System.nanoTime();
                final String text = "x".repeat(random.nextInt(TEXT_MOST));
                final CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(WAIT_S, TimeUnit.SECONDS);
                if (random.nextInt(10) > 0) {
                    Work.expect(++calls + " " + text, ClientCalls.blockingUnaryCall(channel, ASK, options, text), "answer");
                } else {
                    final Iterator<String> stream = ClientCalls.blockingServerStreamingCall(channel, STREAM, options, text);
                    for (int i = 0; i < STREAM_LENGTH; i++) {
                        Work.expect(++calls + " " + text, stream.hasNext() ? stream.next() : "nothing", "streamed answer");
                    }
                    Work.expect(false, stream.hasNext(), "more");
                }
                Work.done("call", since);
            }
        } catch (final RuntimeException e) {
            Work.fail(e.toString());
        }
        Runtime.getRuntime().halt(0);
    }

    private static MethodDescriptor<String, String> method(final String name, final MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder().setType(type).setFullMethodName(name)
            .setRequestMarshaller(new Text()).setResponseMarshaller(new Text()).build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(final String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(final InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
