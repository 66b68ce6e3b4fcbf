"""Databases in memory behind their own network servers; one worker with JDBC."""

import re

from common import SERVICE
from server import Server, Work


class Database(Server):
    sources = ("JdbcClient",)

    def clients(self, until, directory):
        return [Work(self.java_client("survey.JdbcClient", self.url + self.creating, until))]

    def check(self, stage):
        told = re.search(r"^rows (\d+)", stage.clients[0][0].output(), re.M)[1]
        now = re.search(r"^rows (\d+)", stage.ask(self.java_client("survey.JdbcClient", self.url, "-", "count")), re.M)[1]
        if now != told:
            yield f"the new primary has {now} rows, {told} were confirmed"


class H2(Database):
    name, title, port = "h2", "H2 2.3.232, TCP server, in memory", 9092
    artifacts = ("com.h2database:h2:2.3.232",)
    url, creating = f"jdbc:h2:tcp://{SERVICE}:9092/mem:survey;DB_CLOSE_DELAY=-1", ""

    def command(self):
        return [f"-Dh2.bindAddress={SERVICE}", "org.h2.tools.Server", "-tcp", "-tcpAllowOthers", "-tcpPort", self.port,
                "-ifNotExists"]


class Derby(Database):
    name, title, port = "derby", "Derby 10.15.2, network server, in memory", 1527
    artifacts = tuple(f"org.apache.derby:{part}:10.15.2.0" for part in ("derbynet", "derbyclient", "derbytools"))
    url, creating = f"jdbc:derby://{SERVICE}:1527/memory:survey", ";create=true"

    def command(self):
        return ["-Dderby.system.home=.", "org.apache.derby.drda.NetworkServerControl", "start", "-h", SERVICE, "-p", self.port,
                "-noSecurityManager"]


SERVERS = [H2(), Derby()]
