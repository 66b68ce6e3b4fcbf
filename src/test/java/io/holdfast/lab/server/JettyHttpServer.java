package io.holdfast.lab.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Jetty: {@code JettyHttpServer HOST PORT DIRECTORY [KEYSTORE PASSWORD]}. "/" answers a greeting, "/file/NAME" a file of
 * the directory, a PUT the number of bytes it got, and to "/sha256/NAME" their hash. With a key store it speaks TLS, and
 * HTTP/2 to clients that ask for it.
 */
public final class JettyHttpServer {
    private static final int COPY_BYTES = 64 * 1024;

    private JettyHttpServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final Server server = new Server();
        final ServerConnector connector = arguments.length > 3
            ? secure(server, Path.of(arguments[3]), arguments[4]) : new ServerConnector(server, 1, 1);
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

    private static ServerConnector secure(final Server server, final Path store, final String password)
        throws IOException, GeneralSecurityException {
        final HttpConfiguration configuration = new HttpConfiguration();
        final HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        final ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        final SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(ServerKeys.context(store, password));
        tls.setCipherComparator(HTTP2Cipher.COMPARATOR);
        return new ServerConnector(server, 1, 1, new SslConnectionFactory(tls, alpn.getProtocol()), alpn,
            new HTTP2ServerConnectionFactory(configuration), http1);
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
