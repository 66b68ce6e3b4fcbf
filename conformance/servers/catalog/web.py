"""Web servers; curl asks."""

import re

from common import SERVICE, run
from server import HERE, Server, Work


class Web(Server):
    def __init__(self, name, title, main, *artifacts, **more):
        self.name = name
        self.title = title
        self.main = main
        self.artifacts = artifacts
        self.sources = (main,)
        vars(self).update(more)

    def command(self):
        return [f"survey.{self.main}", SERVICE, self.port, "."]

    def clients(self, until, directory):
        return [Work(self.python_client("http.py", until, directory, kind)) for kind in ("count", "bulk")]

    def check(self, stage):
        asked = int(re.search(r"^asked (\d+)", stage.clients[0][0].output(), re.M)[1])
        now = int(stage.ask(["curl", "-sS", "--fail", "--max-time", "10", f"http://{SERVICE}:{self.port}/count"]))
        if now != asked + 1:
            yield f"the new primary counts {now - 1}, the client {asked}"


class Packed(Web):
    """A jar that is run by its name, made by the framework's own plugin from the project in the directory `project`."""

    # Below the directory that Maven writes to.
    jar = None

    def prepare(self, kit):
        super().prepare(kit)
        kit.class_path = ""
        self.packed = kit.directory / self.jar
        run(["mvn", "-q", "-B", "-ntp", "-f", HERE / self.project / "pom.xml", f"-Dsurvey.output={kit.directory}", "package"],
            f"packaging {self.name}", limit=900)


class Boot(Packed):
    def command(self):
        return ["-jar", self.packed, f"--server.address={SERVICE}", f"--server.port={self.port}"]


class Quarkus(Packed):
    """Its jar takes no arguments of its own."""

    def command(self):
        return [f"-Dquarkus.http.host={SERVICE}", f"-Dquarkus.http.port={self.port}", "-jar", self.packed]


SERVERS = [
    Web("httpserver", "the JDK's HttpServer", "JdkHttp"),
    Web("netty", "Netty 4.2.18", "NettyHttp", "io.netty:netty-codec-http:4.2.18.Final"),
    Web("tomcat", "Tomcat 11.0.27", "TomcatHttp", "org.apache.tomcat.embed:tomcat-embed-core:11.0.27"),
    Web("jetty", "Jetty 12.1.14", "JettyHttp", "org.eclipse.jetty:jetty-server:12.1.14", "org.slf4j:slf4j-simple:2.0.20"),
    Web("undertow", "Undertow 2.3.18", "UndertowHttp", "io.undertow:undertow-core:2.3.18.Final"),
    Web("vertx", "Vert.x 4.5.11", "VertxHttp", "io.vertx:vertx-core:4.5.11"),
    Boot("spring-boot", "Spring Boot 3.3.5, fat jar, Tomcat", "BootHttp", sources=(), project="boot", jar="boot-1.jar"),
    Boot("spring-boot-log4j2", "the same with Log4j 2, asynchronous loggers", "BootLogHttp", sources=(), project="boot-log4j2",
         jar="boot-log4j2-1.jar",
         flags=("-Dlog4j2.contextSelector=org.apache.logging.log4j.core.async.AsyncLoggerContextSelector",)),
    Quarkus("quarkus", "Quarkus 3.15.1, JVM jar, REST", "QuarkusHttp", sources=(), project="quarkus",
            jar="quarkus-app/quarkus-run.jar"),
]
