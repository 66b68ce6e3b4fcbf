package survey;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Vert.x with its defaults: ADDRESS PORT. */
public final class VertxHttp {
    private VertxHttp() {
    }

    public static void main(final String[] args) {
        Vertx.vertx().createHttpServer().requestHandler(request -> request.body().onSuccess(body -> {
            try {
                request.response().end(Buffer.buffer(HttpApp.answer(request.path(), request.query(),
                    new ByteArrayInputStream(body.getBytes()))));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        })).listen(Integer.parseInt(args[1]), args[0]).onSuccess(server -> System.out.println("listening"));
    }
}
