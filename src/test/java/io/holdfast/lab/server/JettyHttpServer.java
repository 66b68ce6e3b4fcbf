package io.holdfast.lab.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * Jetty: {@code JettyHttpServer HOST PORT DIRECTORY}. "/" answers a greeting, "/file/NAME" a file of the directory, a
 * PUT the number of bytes it got, and to "/sha256/NAME" their hash.
 */
public final class JettyHttpServer {
    private static final int COPY_BYTES = 64 * 1024;

    private JettyHttpServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final Server server = new Server();
        final ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost(arguments[0]);
        connector.setPort(Integer.parseInt(arguments[1]));
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);

        final ResourceHandler files = new ResourceHandler();
        files.setBaseResource(ResourceFactory.root().newResource(Path.of(arguments[2])));
        final ContextHandler context = new ContextHandler(files, "/file");
        server.setHandler(new Handler.Sequence(context, new Greeting()));
        server.start();
        System.out.println("listening");
        server.join();
    }

    private static final class Greeting extends Handler.Abstract {
        @Override
        public boolean handle(final Request request, final Response response, final Callback callback) throws Exception {
            final String text;
            final boolean put = request.getMethod().equals("PUT");
            if (put && request.getHttpURI().getPath().startsWith("/sha256/")) {
                try (var in = Content.Source.asInputStream(request)) {
                    text = new String(Sha256.answer(in, new Pace(0, COPY_BYTES, COPY_BYTES)), StandardCharsets.US_ASCII);
                }
            } else if (put) {
                final ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
                long total = 0;
                try (var in = Content.Source.asInputStream(request)) {
                    int n = in.read(buffer.array());
                    while (n >= 0) {
                        total += n;
                        n = in.read(buffer.array());
                    }
                }
                text = total + "\n";
            } else {
                text = "Hello, world!";
            }
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), callback);
            return true;
        }
    }
}
