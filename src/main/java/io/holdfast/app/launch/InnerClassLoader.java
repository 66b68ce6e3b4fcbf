package io.holdfast.app.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the classes under {@code holdfast/} in the jar: Holdfast and its libraries. Their names end with {@code .classdata}, so
 * that scanners of class paths do not find them. The loader's parent is the platform's loader: the inside sees nothing of the
 * program, and the program nothing of the inside.
 *
 * <p>Its classes have no code source, so coverage agents leave them alone. Any thread.
 */
final class InnerClassLoader extends ClassLoader {
    private static final String PREFIX = "holdfast/";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String CLASS = ".class";
    private static final String CLASS_DATA = ".classdata";
    private static InnerClassLoader instance;

    static {
        registerAsParallelCapable();
    }

    private final ZipFile jar;
    private final URI location;
    private final String version;

    private InnerClassLoader(final File file) throws IOException {
        super("holdfast", ClassLoader.getPlatformClassLoader());
        jar = new ZipFile(file);
        location = file.toURI();
        try (InputStream manifest = jar.getInputStream(jar.getEntry(MANIFEST))) {
            version = new Manifest(manifest).getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        }
    }

    /**
     * Returns the JVM's only instance, over the jar that this class came from.
     *
     * @throws UncheckedIOException if that jar cannot be read
     */
    static synchronized InnerClassLoader get() {
        if (instance == null) {
            try {
                final URL source = InnerClassLoader.class.getProtectionDomain().getCodeSource().getLocation();
                instance = new InnerClassLoader(new File(source.toURI()));
            } catch (final URISyntaxException e) {
                throw new IllegalStateException("not a place for a jar", e);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return instance;
    }

    /**
     * Looks into the jar first: no name in it is one of the platform's, and asking the platform's loader takes as long as
     * finding.
     */
    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        final ZipEntry entry = name.startsWith("java.") ? null : entry(name);
        if (entry == null) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name, entry) : loaded;
        }
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        final ZipEntry entry = entry(name);
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        return define(name, entry);
    }

    private ZipEntry entry(final String className) {
        return jar.getEntry(PREFIX + className.replace('.', '/') + CLASS_DATA);
    }

    private Class<?> define(final String name, final ZipEntry entry) throws ClassNotFoundException {
        definePackageOf(name);
        try (InputStream in = jar.getInputStream(entry)) {
            final byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (final IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private void definePackageOf(final String className) {
        final String name = className.substring(0, Math.max(0, className.lastIndexOf('.')));
        if (getDefinedPackage(name) == null) {
            try {
                definePackage(name, null, null, null, null, name.startsWith("io.holdfast") ? version : null, null, null);
            } catch (final IllegalArgumentException e) {
                // Another thread was faster.
                return;
            }
        }
    }

    @Override
    protected URL findResource(final String name) {
        final String inside = PREFIX + (name.endsWith(CLASS) ? name.substring(0, name.length() - CLASS.length()) + CLASS_DATA : name);
        if (jar.getEntry(inside) == null) {
            return null;
        }
        try {
            return new URL("jar:" + location + "!/" + inside);
        } catch (final MalformedURLException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(final String name) {
        final URL found = findResource(name);
        return Collections.enumeration(found == null ? List.of() : List.of(found));
    }
}
