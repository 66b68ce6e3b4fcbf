package survey;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot that logs each request, by another thread: the Disruptor's. */
@SpringBootApplication
@RestController
public class BootLogHttp {
    private static final Logger LOG = LoggerFactory.getLogger(BootLogHttp.class);

    /** Arguments are Spring's. */
    public static void main(final String[] args) {
        SpringApplication.run(BootLogHttp.class, args);
    }

    /** All requests. */
    @RequestMapping("/**")
    public byte[] answer(final HttpServletRequest request) throws IOException {
        LOG.info("asked for {}", request.getRequestURI());
        return HttpApp.answer(request.getRequestURI(), request.getQueryString(), request.getInputStream());
    }
}
