package io.holdfast.arch;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where sources are; package-info leaves no class file behind unless it is annotated. */
final class PackageSources {
    private static final Path MAIN = Path.of(System.getProperty("holdfast.basedir", "."), "src", "main", "java");

    private PackageSources() {
    }

    static boolean hasPackageInfo(final String packageName) {
        return Files.isRegularFile(MAIN.resolve(packageName.replace('.', '/')).resolve("package-info.java"));
    }
}
