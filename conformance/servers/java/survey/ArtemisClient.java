package survey;

import java.util.Random;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;

/** Sends durable messages, each confirmed, and receives each: ADDRESS PORT UNTIL. */
public final class ArtemisClient {
    private static final int TEXT_MOST = 3_000;
    private static final int WAIT_MS = 30_000;

    private ArtemisClient() {
    }

    public static void main(final String[] args) throws Exception {
        final Work work = new Work(args[2]);
        final ServerLocator locator = ActiveMQClient.createServerLocator("tcp://" + args[0] + ":" + args[1]
            + "?useEpoll=false&reconnectAttempts=0&blockOnDurableSend=true&callTimeout=" + WAIT_MS);
        try (ClientSessionFactory factory = locator.createSessionFactory();
            ClientSession session = factory.createSession(true, true, 0)) {
            session.createQueue(QueueConfiguration.of("survey").setRoutingType(RoutingType.ANYCAST));
            session.start();
            final ClientProducer producer = session.createProducer("survey");
            final ClientConsumer consumer = session.createConsumer("survey");
            final Random random = new Random(1);
            while (work.goOn()) {
                final long since = System.nanoTime();
                final String text = "x".repeat(random.nextInt(TEXT_MOST)) + random.nextInt();
                final ClientMessage message = session.createMessage(true);
                message.getBodyBuffer().writeString(text);
                producer.send(message);
                final ClientMessage got = consumer.receive(WAIT_MS);
                Work.expect(text, got == null ? "nothing" : got.getBodyBuffer().readString(), "message");
                got.acknowledge();
                Work.done("message", since);
            }
        }
        Runtime.getRuntime().halt(0);
    }
}
