package survey;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Produces records, each confirmed, and consumes each: ADDRESS PORT UNTIL. */
public final class KafkaClient {
    private static final int TEXT_MOST = 2_000;
    private static final Duration WAIT = Duration.ofSeconds(30);

    private KafkaClient() {
    }

    public static void main(final String[] args) throws Exception {
        final Work work = new Work(args[2]);
        final Map<String, Object> base = Map.of("bootstrap.servers", args[0] + ":" + args[1]);
        try (Admin admin = Admin.create(base)) {
            admin.createTopics(List.of(new NewTopic("survey", 1, (short) 1))).all().get();
        }
        final TopicPartition partition = new TopicPartition("survey", 0);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", args[0] + ":" + args[1],
                "acks", "all", "linger.ms", "0", "retries", "0", "enable.idempotence", "false"),
                new StringSerializer(), new StringSerializer());
            KafkaConsumer<String, String> consumer = new KafkaConsumer<>(base, new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            final Random random = new Random(1);
            for (long offset = 0; work.goOn(); offset++) {
                final long since = System.nanoTime();
                final String text = "x".repeat(random.nextInt(TEXT_MOST)) + offset;
                Work.expect(offset, producer.send(new ProducerRecord<>("survey", text)).get().offset(), "offset");
                final List<ConsumerRecord<String, String>> got = consumer.poll(WAIT).records(partition);
                Work.expect(1, got.size(), "records");
                Work.expect(text, got.get(0).value(), "record " + offset);
                Work.done("record", since);
            }
        } catch (final Exception e) {
            e.printStackTrace(System.out);
            Work.fail(e.toString());
        }
        Runtime.getRuntime().halt(0);
    }
}
