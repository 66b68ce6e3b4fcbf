package survey;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot with its defaults. */
@SpringBootApplication
@RestController
public class BootHttp {
    /** Arguments are Spring's. */
    public static void main(final String[] args) {
        SpringApplication.run(BootHttp.class, args);
    }

    /** All requests. */
    @RequestMapping("/**")
    public byte[] answer(final HttpServletRequest request) throws IOException {
        return HttpApp.answer(request.getRequestURI(), request.getQueryString(), request.getInputStream());
    }
}
