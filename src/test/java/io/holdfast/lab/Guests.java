package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.guest.HelloServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;

/** Jars that the lab starts: what the build made of {@code src/test/guests}, other agents, and what is made here. */
final class Guests {
    private static final Path TARGET = Lab.JAR.getParent();

    private Guests() {
    }

    /** The fat jar of that project. */
    static Path fatJar(final String name) {
        return existing(TARGET.resolve("guests/" + name + "/target/app.jar"));
    }

    static Path otherAgent(final String artifact) {
        return existing(TARGET.resolve("agents/" + artifact + ".jar"));
    }

    private static Path existing(final Path path) {
        assertTrue(Files.exists(path), path + " is made by mvn pre-integration-test");
        return path;
    }

    /** Entries of the agent's jar. */
    static List<String> agentEntries() throws IOException {
        try (JarFile jar = new JarFile(Lab.JAR.toFile())) {
            return jar.stream().map(JarEntry::getName).toList();
        }
    }

    /** Nothing but a manifest: the class comes from the class path. */
    static Path agentJar(final Path file, final Class<?> premain) throws IOException {
        final Manifest manifest = new Manifest();
        final Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", premain.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        try (OutputStream out = Files.newOutputStream(file)) {
            new JarOutputStream(out, manifest).close();
        }
        return file;
    }

    /** {@link HelloServer} as the module {@code hello}. */
    static Path helloModule(final Path directory) throws IOException {
        return module(directory, "hello", HelloServer.class);
    }

    /** A class as a module of that name, which requires {@code jdk.httpserver} and nothing else. */
    static Path module(final Path directory, final String moduleName, final Class<?> type) throws IOException {
        final Path sources = Files.createDirectories(directory.resolve(moduleName + "-source"));
        final Path module = Files.createDirectories(directory.resolve(moduleName));
        final String name = type.getName().replace('.', '/') + ".class";
        Files.writeString(sources.resolve("module-info.java"), "module " + moduleName + " { requires jdk.httpserver; }");
        Files.createDirectories(module.resolve(name).getParent());
        try (InputStream in = type.getResourceAsStream("/" + name)) {
            Files.write(module.resolve(name), in.readAllBytes());
        }
        run("javac", "--release", "17", "-d", module.toString(), sources.resolve("module-info.java").toString());
        return module;
    }

    /** A runtime image with these modules; its {@code java} command. */
    static Path image(final Path directory, final String modules) throws IOException {
        final Path image = directory.resolve("image-" + Runtime.version().feature());
        if (!Files.exists(image)) {
            run("jlink", "--add-modules", modules, "--output", image.toString());
        }
        return image.resolve("bin/java");
    }

    private static void run(final String tool, final String... arguments) {
        assertEquals(0, ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments), tool);
    }
}
