package io.holdfast.lab.server;

import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.mina.MinaServiceFactoryFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Apache SSHD as an SFTP server, on NIO by way of Apache MINA: {@code SftpFileServer HOST PORT DIRECTORY HOST_KEY}.
 * Any key may read and write the directory: this is a test's server. It runs sha256sum for every command.
 */
public final class SftpFileServer {
    private SftpFileServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final SshServer server = SshServer.setUpDefaultServer();
        server.setIoServiceFactoryFactory(new MinaServiceFactoryFactory());
        server.setHost(arguments[0]);
        server.setPort(Integer.parseInt(arguments[1]));
        server.setKeyPairProvider(new FileKeyPairProvider(Path.of(arguments[3])));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setFileSystemFactory(new VirtualFileSystemFactory(Path.of(arguments[2])));
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
        server.setCommandFactory((channel, command) -> new ProcessShellFactory(command, "sha256sum").createShell(channel));
        server.start();
        System.out.println("listening");
        Thread.currentThread().join();
    }
}
