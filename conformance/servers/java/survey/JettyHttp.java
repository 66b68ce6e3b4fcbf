package survey;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** Jetty with its defaults: ADDRESS PORT. */
public final class JettyHttp {
    private JettyHttp() {
    }

    public static void main(final String[] args) throws Exception {
        final Server server = new Server(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(final Request request, final Response response, final Callback callback) throws Exception {
                final byte[] answer = HttpApp.answer(Request.getPathInContext(request), request.getHttpURI().getQuery(),
                    Content.Source.asInputStream(request));
                response.write(true, ByteBuffer.wrap(answer), callback);
                return true;
            }
        });
        server.start();
        System.out.println("listening");
    }
}
