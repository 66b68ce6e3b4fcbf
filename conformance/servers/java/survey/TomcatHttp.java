package survey;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with its defaults: ADDRESS PORT DIRECTORY. */
public final class TomcatHttp {
    private TomcatHttp() {
    }

    public static void main(final String[] args) throws Exception {
        final Tomcat tomcat = new Tomcat();
        final String directory = Path.of(args[2]).toAbsolutePath().normalize().toString();
        tomcat.setBaseDir(directory);
        tomcat.setHostname("localhost");
        tomcat.setPort(Integer.parseInt(args[1]));
        tomcat.getConnector().setProperty("address", args[0]);
        final Context context = tomcat.addContext("", directory);
        Tomcat.addServlet(context, "app", new App());
        context.addServletMappingDecoded("/*", "app");
        tomcat.start();
        System.out.println("listening");
        tomcat.getServer().await();
    }

    private static final class App extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(final HttpServletRequest request, final HttpServletResponse response) throws IOException {
            final byte[] answer = HttpApp.answer(request.getPathInfo(), request.getQueryString(), request.getInputStream());
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
        }
    }
}
