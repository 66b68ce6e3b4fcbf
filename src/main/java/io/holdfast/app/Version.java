package io.holdfast.app;

import picocli.CommandLine.IVersionProvider;

/** Output of --version: the jar's version, and the Java it runs on, which a report of an error needs. */
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
