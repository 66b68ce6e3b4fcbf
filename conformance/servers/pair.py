"""Two hosts with the same unmodified server, one the other's backup."""

import shutil
import signal

from cluster import Node
from common import JAR, JAVA, DemoError, wait_for

# Two JVMs start at once on whatever machine this is; the better compiler would have both processors to itself for seconds.
FLAGS = ["-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
# A killed process is seen at once by its lifeline. These are for hosts that live: one that is starved for a moment is not dead.
LINES = ["replication.detect_ms=1000", "replication.solo_ms=1000"]
POLL_S = 0.05
SETTLING_S = 10
# ip netns exec gives each command mounts of its own: both hosts' servers find their directory under one name, and start in it.
# Their standard input gives no byte, and never ends.
IN_ITS_HOME = ["sh", "-c", 'mount --bind "$1" "$2" && cd "$2" && mkfifo in && shift 2 && exec "$@" <>in', "sh"]


class Host(Node):
    """One of the two."""

    def start(self):
        server, mode = self.cluster.service, self.cluster.options
        config = self.cluster.directory / self.name / "holdfast.properties"
        config.write_text("\n".join([*self.stack_lines(), *self.replication_lines(), *LINES, *mode.set]) + "\n")
        place = self.cluster.directory / "home"
        place.mkdir(exist_ok=True)
        command = [*IN_ITS_HOME, self.home, place, JAVA, *FLAGS, *server.flags, f"-javaagent:{JAR}={config}",
                   *(["-cp", server.kit.class_path] if server.kit.class_path else []), *server.command()]
        self.process = self.cluster.lab.start(self.name, command, self.log, {"HOLDFAST_RUN": str(self.run)})

    def state(self):
        """Its status; None if it does not answer."""
        try:
            return self.status()
        except DemoError:
            return None

    def close(self):
        if self.process:
            self.process.end(signal.SIGKILL)
        shutil.rmtree(self.run, ignore_errors=True)


class NotReady(Exception):
    """The pair does not come to say that it is ready; the text is why not, in the words of the hosts."""

    def __init__(self, text, claimed):
        """@param claimed: the primary says all the same that it is"""
        super().__init__(text)
        self.claimed = claimed


class Pair:
    """The part of a cluster that cluster.Node needs, and the host that leads."""

    def __init__(self, options, lab, server, keys, directory, logs):
        options.many = False
        options.hosts = 2
        self.options = options
        self.lab = lab
        self.service = server
        self.keys = keys
        self.directory = directory
        self.logs = logs
        self.label = "host"
        self.hosts = []

    def start(self):
        for name, prefer in (("a", "primary"), ("b", "backup")):
            (self.directory / name).mkdir(parents=True)
            host = Host(name, self, prefer)
            self.hosts.append(host)
            host.start()
        self.await_ready(self.service.start_s)

    def await_ready(self, seconds):
        """Until each host says that a failure of the primary would be survived. A server that does not start is no verdict."""
        wait_for(lambda: not self.all_alive() or all(host.ready() for host in self.hosts), seconds, POLL_S)
        if not self.all_alive():
            raise DemoError("does not start: " + "; ".join(self.complaint(host) for host in self.hosts))
        # Roles may change between two questions: who claims to be ready may be so a moment later.
        claimed = any(self.claims(host) for host in self.hosts)
        if not wait_for(lambda: all(host.ready() for host in self.hosts), SETTLING_S if claimed else 0, POLL_S):
            raise NotReady("; ".join(self.complaint(host) for host in self.hosts), claimed)
        roles = {host.name: host.status()["role"] for host in self.hosts}
        leaders = [host for host in self.hosts if roles[host.name] == "PRIMARY"]
        if len(leaders) != 1:
            raise NotReady(f"both say that they are ready, but their roles are {roles}", len(leaders) > 0)
        self.primary = leaders[0]
        self.backup = next(host for host in self.hosts if host is not self.primary)

    def await_listening(self, seconds):
        """Until both servers listen (in mode cold the primary's: the other one does not run)."""
        hosts = self.hosts if self.options.mode == "hot" else [self.primary]
        return wait_for(lambda: all((host.state() or {}).get("listening") for host in hosts), seconds, POLL_S)

    def all_alive(self):
        return all(host.process.alive() for host in self.hosts)

    @staticmethod
    def claims(host):
        """Whether it leads and says that a failure would be survived."""
        status = host.state() if host.process.alive() else None
        return bool(status and status["ready"] and status["role"] in ("PRIMARY", "SOLO"))

    @staticmethod
    def complaint(host):
        if not host.process.alive():
            lines = host.process.output().strip().splitlines() or ["without a word"]
            causes = [line for line in lines if "Exception: " in line or line.startswith("Caused by: ")]
            return f"{host.name}: its server ended ({(causes or lines)[-1][:300]})"
        try:
            answer = host.ask("ready").strip()
        except OSError as e:
            answer = f"no answer ({e})"
        return f"{host.name}: {answer}"

    def close(self):
        for host in self.hosts:
            host.close()
