package io.holdfast.lab.guest;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Says hello over HTTP through NIO, and over a plain socket on the next port. Arguments: address or {@code wildcard}, port. */
public final class HelloServer {
    private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

    private HelloServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final int port = Integer.parseInt(arguments[1]);
        final HttpServer http = HttpServer.create(at(arguments[0], port), 0);
        http.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, HELLO.length);
            exchange.getResponseBody().write(HELLO);
            exchange.close();
        });
        http.start();
        try (ServerSocket plain = new ServerSocket()) {
            plain.bind(at(arguments[0], port + 1));
            System.out.println("listening");
            while (true) {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write(HELLO);
                }
            }
        }
    }

    private static InetSocketAddress at(final String address, final int port) {
        return address.equals("wildcard") ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    }
}
