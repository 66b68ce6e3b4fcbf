package io.holdfast.perf;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

/** A program that does little before it serves: says that its main has begun, and answers HTTP. Arguments: address, port. */
public final class StartupServer {
    static final String BEGUN = "main";

    private StartupServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        System.out.println(BEGUN);
        final HttpServer http = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 0);
        http.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        http.start();
    }
}
