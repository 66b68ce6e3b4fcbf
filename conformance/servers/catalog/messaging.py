"""Brokers and the like, by their own mains where they have one; a client that waits for each answer."""

from common import SERVICE, run
from server import Server, Work

ARTEMIS = """\
<configuration xmlns="urn:activemq">
  <core xmlns="urn:activemq:core">
    <persistence-enabled>false</persistence-enabled>
    <security-enabled>false</security-enabled>
    <acceptors><acceptor name="survey">tcp://{address}:{port}?protocols=CORE;useEpoll=false</acceptor></acceptors>
  </core>
</configuration>
"""
MOQUETTE = "host {address}\nport {port}\nallow_anonymous true\npersistence_enabled false\n"
EXECUTOR = """\
[default]
ConnectionType=acceptor
FileStorePath=store
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=30
ValidOrderTypes=1,2,F
SenderCompID=EXEC
TargetCompID=BANZAI
UseDataDictionary=Y
DefaultMarketPrice=12.30
SocketAcceptAddress={address}
[session]
BeginString=FIX.4.2
SocketAcceptPort={port}
"""
KAFKA = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=PLAINTEXT://{address}:{port},CONTROLLER://127.0.0.1:9093
advertised.listeners=PLAINTEXT://{address}:{port}
controller.listener.names=CONTROLLER
log.dirs=log
offsets.topic.replication.factor=1
"""
ZOOKEEPER = "tickTime=2000\ndataDir=data\nclientPort={port}\nclientPortAddress={address}\nadmin.enableServer=false\n"


class Configured(Server):
    """With a file of configuration and a main of its own."""

    def __init__(self, name, title, port, artifacts, file, text, command, client, **more):
        self.name, self.title, self.port, self.artifacts = name, title, port, artifacts
        self.file, self.text, self.main, self.client = file, text, command, client
        if client.endswith("Client") or client == "Grpc":
            self.sources = (client,)
        vars(self).update(more)

    def fill(self, home):
        super().fill(home)
        if self.file:
            (home / self.file).parent.mkdir(exist_ok=True)
            (home / self.file).write_text(self.text.format(address=SERVICE, port=self.port))

    def command(self):
        return self.main

    def clients(self, until, directory):
        if self.client.endswith(".py"):
            return [Work(self.python_client(self.client, until))]
        return [Work(self.small_client(self.client, until))]


class Kafka(Configured):
    """Its storage is formatted before, once for both hosts: they are one broker."""

    def fill(self, home):
        super().fill(home)
        run([self.kit.java, "-XX:TieredStopAtLevel=1", "-cp", self.kit.class_path, "kafka.tools.StorageTool", "format", "-t",
             "Zm9yLXRoZS1zdXJ2ZXktMQ", "-c", self.file], "kafka's StorageTool", cwd=home)


GRPC = tuple(f"io.grpc:grpc-{part}:1.68.1" for part in ("netty-shaded", "stub", "services"))
NO_EPOLL = "-Dio.grpc.netty.shaded.io.netty.transport.noNative=true"
SERVERS = [
    Configured("quickfixj", "QuickFIX/J 2.3.1, its example executor", 9880,
               tuple(f"org.quickfixj:quickfixj-{part}:2.3.1" for part in ("core", "messages-fix42", "examples-executor")),
               "executor.cfg", EXECUTOR, ["quickfix.examples.executor.Executor", "executor.cfg"], "fix.py"),
    Configured("moquette", "Moquette 0.17", 1883,
               ("io.moquette:moquette-broker:0.17", "org.eclipse.paho:org.eclipse.paho.client.mqttv3:1.2.5"),
               "config/moquette.conf", MOQUETTE, ["-Dmoquette.path=.", "io.moquette.broker.Server"], "MqttClient"),
    Configured("artemis", "Artemis 2.39.0, NIO, in memory", 61616,
               tuple(f"org.apache.activemq:artemis-{part}:2.39.0" for part in ("server", "core-client")),
               "etc/broker.xml", ARTEMIS, ["org.apache.activemq.artemis.core.server.embedded.Main", "."], "ArtemisClient"),
    Configured("grpc", "gRPC 1.68.1 on NIO", 9010, GRPC, None, None, [NO_EPOLL, "survey.Grpc", "serve", SERVICE, 9010],
               "Grpc"),
    Configured("grpc-native", "gRPC 1.68.1, defaults (native epoll)", 9010, GRPC, None, None,
               ["survey.Grpc", "serve", "0.0.0.0", 9010], "Grpc"),
    Kafka("kafka", "Kafka 3.9.1, KRaft", 9092, ("org.apache.kafka:kafka_2.13:3.9.1", "org.slf4j:slf4j-simple:1.7.36"),
          "server.properties", KAFKA, ["kafka.Kafka", "server.properties"], "KafkaClient"),
    Configured("zookeeper", "ZooKeeper 3.9.3", 2181,
               ("org.apache.zookeeper:zookeeper:3.9.3", "io.dropwizard.metrics:metrics-core:4.2.30",
                "org.xerial.snappy:snappy-java:1.1.10.7"),
               "zoo.cfg", ZOOKEEPER, ["org.apache.zookeeper.server.ZooKeeperServerMain", "zoo.cfg"], "ZooKeeperClient"),
]
