package io.holdfast.app;

import io.holdfast.app.keys.KeyFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keys}: certificates with which the nodes of a cluster can be tried out. */
@Command(name = "keys", mixinStandardHelpOptions = true,
    description = "Makes certificates and keys for the nodes of a test cluster.",
    footer = {"",
        "Each node gets NODE.crt and NODE.key (replication.certificate, replication.key); trust.pem, the same for all,"
            + " holds every certificate (replication.trust). The keys are for tests: the holder of one of them can take over"
            + " every connection of the cluster. For a real cluster have your own authority issue certificates."})
final class KeysCommand implements Callable<Integer> {
    private static final String NAME = "[A-Za-z0-9_.-]{1,64}";

    @Spec
    private CommandSpec spec;

    @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "The cluster's name.")
    private String cluster;

    @Option(names = "--nodes", required = true, split = ",", paramLabel = "NODE", description = "The nodes' names.")
    private List<String> nodes;

    @Option(names = "--out", required = true, paramLabel = "DIR",
        description = "Where the files go; made if need be. No file is overwritten.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        name("--cluster", cluster);
        for (final String node : nodes) {
            name("--nodes", node);
        }
        if (new HashSet<>(nodes).size() < nodes.size()) {
            throw new ParameterException(spec.commandLine(), "--nodes: the names must differ");
        }
        final PrintWriter print = spec.commandLine().getOut();
        try {
            for (final Path file : KeyFiles.write(cluster, nodes, out)) {
                print.println("wrote " + file);
            }
        } catch (final FileAlreadyExistsException e) {
            throw new IOException(e.getFile() + " exists already, and keys are not overwritten", e);
        }
        print.println("These are for tests: keep the .key files secret, and use your own authority's certificates elsewhere.");
        print.flush();
        return 0;
    }

    private void name(final String option, final String value) {
        if (!value.matches(NAME)) {
            throw new ParameterException(spec.commandLine(),
                option + ": 1 to 64 letters, digits, and _ . -, not '" + value + "'");
        }
    }
}
