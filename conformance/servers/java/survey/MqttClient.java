package survey;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Publishes with quality 1 on one connection, and waits for each message on another: ADDRESS PORT UNTIL. */
public final class MqttClient {
    private static final int BYTES_MOST = 3_000;
    private static final int WAIT_S = 30;
    /**
     * Paho forgets to count a message back whose acknowledgement arrives before its sender has counted it, which a fast server
     * provokes. One message is on its way at a time, so the limit is for nothing here but that.
     */
    private static final int IN_FLIGHT_MOST = 65_535;

    private MqttClient() {
    }

    public static void main(final String[] args) throws Exception {
        final Work work = new Work(args[2]);
        final String uri = "tcp://" + args[0] + ":" + args[1];
        final BlockingQueue<byte[]> came = new LinkedBlockingQueue<>();
        final var subscriber = connect(uri, "subscriber");
        subscriber.subscribe("survey", 1, (topic, message) -> came.add(message.getPayload()));
        final var publisher = connect(uri, "publisher");
        final Random random = new Random(1);
        // Paho's threads would keep a process alive whose work is over.
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> Work.fail(e.toString()));
        while (work.goOn()) {
            final long since = System.nanoTime();
            final byte[] bytes = new byte[1 + random.nextInt(BYTES_MOST)];
            random.nextBytes(bytes);
            publisher.publish("survey", bytes, 1, false);
            final byte[] got = came.poll(WAIT_S, TimeUnit.SECONDS);
            Work.expect(true, got != null && Arrays.equals(bytes, got), "message");
            Work.done("message", since);
        }
        Runtime.getRuntime().halt(came.isEmpty() ? 0 : 1);
    }

    private static org.eclipse.paho.client.mqttv3.MqttClient connect(final String uri, final String id) throws Exception {
        final var client = new org.eclipse.paho.client.mqttv3.MqttClient(uri, id, new MemoryPersistence());
        final MqttConnectOptions options = new MqttConnectOptions();
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(WAIT_S);
        options.setMaxInflight(IN_FLIGHT_MOST);
        client.setTimeToWait(WAIT_S * 1_000L);
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(final Throwable cause) {
                Work.fail("the connection of the " + id + " is lost: " + cause + ", " + cause.getCause());
            }

            @Override
            public void messageArrived(final String topic, final MqttMessage message) {
                // The subscription's own listener has it.
            }

            @Override
            public void deliveryComplete(final IMqttDeliveryToken token) {
                // publish waits for it.
            }
        });
        client.connect(options);
        return client;
    }
}
