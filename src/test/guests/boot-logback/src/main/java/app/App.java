package app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells whose libraries it got: it brings some that Holdfast has too, in other versions. */
@SpringBootApplication
@RestController
public class App {
    private static final Logger LOG = LoggerFactory.getLogger(App.class);
    private static final String[] SHARED = {"org.slf4j.LoggerFactory", "org.agrona.DirectBuffer", "com.lmax.disruptor.RingBuffer",
        "org.objectweb.asm.ClassReader", "picocli.CommandLine", "jnr.ffi.Runtime", "org.HdrHistogram.Histogram"};

    public static void main(final String[] arguments) {
        SpringApplication.run(App.class, arguments);
    }

    @GetMapping("/")
    String libraries() {
        final StringBuilder text = new StringBuilder("logs by " + LoggerFactory.getILoggerFactory().getClass().getName() + "\n");
        for (final String name : SHARED) {
            text.append(name).append(" from ").append(place(name)).append('\n');
        }
        LOG.info("asked for the libraries");
        return text.toString();
    }

    private static String place(final String name) {
        try {
            return Class.forName(name).getProtectionDomain().getCodeSource().getLocation().toString();
        } catch (final ClassNotFoundException e) {
            return "nowhere";
        }
    }
}
