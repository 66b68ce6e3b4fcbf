package io.holdfast.lab.guest;

import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Asks a JVM for its management beans. Argument: where its registry is. */
public final class JmxClient {
    private JmxClient() {
    }

    public static void main(final String[] arguments) throws Exception {
        final JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + arguments[0] + "/jmxrmi");
        try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
            System.out.println(connector.getMBeanServerConnection().getMBeanCount() + " beans");
        }
    }
}
