package io.holdfast.lab.server;

import java.nio.file.Path;
import java.util.List;
import org.apache.ftpserver.ConnectionConfigFactory;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.TransferRatePermission;
import org.apache.ftpserver.usermanager.impl.WritePermission;

/**
 * Apache FtpServer: {@code FtpFileServer HOST PORT DIRECTORY PASSIVE_PORTS RATE [KEYSTORE PASSWORD]}. User and password
 * are "demo"; the directory can be read and written, at RATE bytes a second (0: no limit). With a key store it
 * offers TLS on both connections.
 */
public final class FtpFileServer {
    private static final int MAX_CLIENTS = 1024;

    private FtpFileServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final DataConnectionConfigurationFactory data = new DataConnectionConfigurationFactory();
        data.setPassiveAddress(arguments[0]);
        data.setPassivePorts(arguments[3]);
        final ListenerFactory listener = new ListenerFactory();
        listener.setServerAddress(arguments[0]);
        listener.setPort(Integer.parseInt(arguments[1]));
        if (arguments.length > 5) {
            final SslConfigurationFactory keys = new SslConfigurationFactory();
            keys.setKeystoreFile(Path.of(arguments[5]).toFile());
            keys.setKeystoreType("PKCS12");
            keys.setKeystorePassword(arguments[6]);
            listener.setSslConfiguration(keys.createSslConfiguration());
            data.setSslConfiguration(keys.createSslConfiguration());
        }
        listener.setDataConnectionConfiguration(data.createDataConnectionConfiguration());

        final ConnectionConfigFactory limits = new ConnectionConfigFactory();
        limits.setMaxLogins(MAX_CLIENTS);
        limits.setMaxThreads(MAX_CLIENTS);
        final FtpServerFactory factory = new FtpServerFactory();
        factory.setConnectionConfig(limits.createConnectionConfig());
        factory.addListener("default", listener.createListener());
        factory.getUserManager().save(user(arguments[2], Integer.parseInt(arguments[4])));
        final FtpServer server = factory.createServer();
        server.start();
        System.out.println("listening");
    }

    private static BaseUser user(final String home, final int rate) {
        final BaseUser user = new BaseUser();
        user.setName("demo");
        user.setPassword("demo");
        user.setHomeDirectory(home);
        user.setAuthorities(List.of(new WritePermission(), new TransferRatePermission(rate, rate)));
        return user;
    }
}
