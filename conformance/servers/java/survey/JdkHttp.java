package survey;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** The JDK's HttpServer with a pool of threads: ADDRESS PORT. */
public final class JdkHttp {
    private JdkHttp() {
    }

    public static void main(final String[] args) throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            try (exchange) {
                final byte[] answer = HttpApp.answer(exchange.getRequestURI().getPath(), exchange.getRequestURI().getQuery(),
                    exchange.getRequestBody());
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            } catch (final IOException | RuntimeException e) {
                // HttpServer would close the connection without a word.
                e.printStackTrace();
                throw e;
            }
        });
        server.start();
        System.out.println("listening");
    }
}
