package io.holdfast.app;

import picocli.CommandLine.IVersionProvider;

/** What --version prints: the jar's version, and the Java it runs on, which matters in a report of an error. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        final String version = Holdfast.class.getPackage().getImplementationVersion();
        return new String[] {
            "holdfast " + (version == null ? "(not packaged)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version"),
        };
    }
}
