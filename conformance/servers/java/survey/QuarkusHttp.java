package survey;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;

/** Quarkus' REST, with its defaults: Vert.x below it, requests on worker threads. */
@Path("/")
public class QuarkusHttp {
    @GET
    @Path("{name}")
    public byte[] answer(@Context final UriInfo asked) throws IOException {
        return HttpApp.answer("/" + asked.getPath().replace("/", ""), asked.getRequestUri().getRawQuery(), InputStream.nullInputStream());
    }

    @PUT
    @Path("{name}")
    public byte[] take(@Context final UriInfo asked, final InputStream body) throws IOException {
        return HttpApp.answer("/" + asked.getPath().replace("/", ""), asked.getRequestUri().getRawQuery(), body);
    }
}
