package survey;

import io.undertow.Undertow;
import io.undertow.server.handlers.BlockingHandler;
import java.nio.ByteBuffer;

/** Undertow with its defaults: ADDRESS PORT. */
public final class UndertowHttp {
    private UndertowHttp() {
    }

    public static void main(final String[] args) {
        Undertow.builder().addHttpListener(Integer.parseInt(args[1]), args[0]).setHandler(new BlockingHandler(exchange ->
            exchange.getResponseSender().send(ByteBuffer.wrap(HttpApp.answer(exchange.getRequestPath(), exchange.getQueryString(),
                exchange.getInputStream()))))).build().start();
        System.out.println("listening");
    }
}
