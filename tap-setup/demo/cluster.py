"""The hosts that serve: the unmodified server on a, its backup on b; of three, whoever comes first, and a spare."""

import json
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import witness
from build import class_path
from common import JAR, JAVA, SERVICE, DemoError, run, wait_for

START_SECONDS = 60
CONTROL_SECONDS = 5
SWITCHOVER_SECONDS = 20
HEAP = "-Xmx1g"
# Many threads at once make everything hot at once: what the better compiler then costs for seconds, the servers lack.
MANY_FLAGS = ["-XX:TieredStopAtLevel=1"]
# So does a collector's pause, of up to 100 ms here: not every silence as long as that is a death. (A killed process's is not
# found by silence.)
MANY_LINES = ["replication.detect_ms=300", "replication.solo_ms=300"]
CLUSTER = "demo"
LINK_PORT, SERVICE_PATH_PORT = 7401, 7402
NUMBERS = {"a": "11", "b": "12", "c": "14"}


def names(options):
    return ("a", "b", "c") if options.hosts > 2 else ("a", "b")


class Keys:
    """Certificates of the replication link, made with holdfast.jar keys."""

    def __init__(self, directory, nodes=("a", "b")):
        self.directory = directory
        self.nodes = nodes

    def make(self):
        run([JAVA, "-jar", JAR, "keys", "--cluster", CLUSTER, "--nodes", ",".join(self.nodes), "--out", self.directory],
            "holdfast.jar keys")

    def lines(self, node):
        return [f"replication.certificate={self.directory}/{node}.crt", f"replication.key={self.directory}/{node}.key",
                f"replication.trust={self.directory}/trust.pem"]


class Node:
    """A host's server. Started again, it is another process of the same host."""

    def __init__(self, name, cluster, prefer):
        self.name = name
        self.cluster = cluster
        self.prefer = prefer
        # Short, since the path of a socket has at most 107 bytes.
        self.run = Path(tempfile.mkdtemp(prefix=f"holdfast-{name}-"))
        self.home = cluster.directory / name / "home"
        self.log = cluster.logs / f"{cluster.label}-{name}.log"
        self.process = None
        cluster.service.fill(self.home)

    def start(self):
        options = self.cluster.options
        config = self.cluster.directory / self.name / "holdfast.properties"
        config.write_text("\n".join([*self.stack_lines(), *self.replication_lines(), *options.set]) + "\n")
        command = [JAVA, HEAP, *(MANY_FLAGS if options.many else []), *options.java, f"-javaagent:{JAR}={config}",
                   "-cp", class_path(), *self.cluster.service.server_command(self.home)]
        self.process = self.cluster.lab.start(self.name, command, self.log, {"HOLDFAST_RUN": str(self.run)})

    def stack_lines(self):
        # The wire checker tells the two hosts by their frames' sources, which where switches learn the address are the same.
        return ["link.device=hf0", "link.presence=flooded", f"stack.addresses={SERVICE}", "stack.prefix=24"]

    def replication_lines(self):
        mode = self.cluster.options.mode
        if mode == "off":
            return []
        own = NUMBERS[self.name]
        lines = [f"replication.mode={mode}", f"replication.cluster={CLUSTER}", f"replication.node={self.name}",
                 f"replication.listen=10.78.0.{own}:{LINK_PORT}",
                 f"replication.service_listen=10.77.0.{own}:{SERVICE_PATH_PORT}", *self.peer_lines(),
                 f"replication.prefer={self.prefer}", f"replication.history_dir={self.home}/history"]
        if self.cluster.options.many:
            lines += MANY_LINES
        if getattr(self.cluster.options, "witness", False):
            lines += witness.lines()
        if getattr(self.cluster.options, "fault", None) == "stale":
            # A host that missed something leads anew after a while, without the connections; what is looked at is that it does not take
            # them over.
            lines.append("membership.alone_ms=600000")
        keys = self.cluster.keys
        return lines + (["replication.security=plain"] if keys is None else keys.lines(self.name))

    def peer_lines(self):
        others = [name for name in names(self.cluster.options) if name != self.name]
        if len(others) > 1:
            return ["replication.peers=" + ", ".join(
                f"{name} 10.78.0.{NUMBERS[name]}:{LINK_PORT} 10.77.0.{NUMBERS[name]}:{SERVICE_PATH_PORT}" for name in others)]
        peer = NUMBERS[others[0]]
        return [f"replication.peer=10.78.0.{peer}:{LINK_PORT}", f"replication.service_peer=10.77.0.{peer}:{SERVICE_PATH_PORT}"]

    # --- a host's own statements ---

    def control(self, command, *more, limit=20):
        """holdfast.jar COMMAND to this node's control socket: exit status and output."""
        done = subprocess.run(
            [JAVA, "-XX:TieredStopAtLevel=1", "-jar", str(JAR), command, "--control", str(self.control_socket()), *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=limit)
        return done.returncode, done.stdout

    def ready(self):
        """Whether a failure would be survived now; what holdfast.jar ready says, without a JVM in between."""
        try:
            return self.ask("ready").startswith("yes")
        except OSError:
            return False

    def status(self):
        """What holdfast.jar status says, without a JVM in between."""
        try:
            return json.loads(self.ask("status json"))
        except (OSError, ValueError) as e:
            raise DemoError(f"no status of {self.name}: {e}") from e

    def switch_over(self):
        """What holdfast.jar switchover says. A JVM that starts just then would take the processors that clients wait for."""
        try:
            return self.ask(f"switchover {SWITCHOVER_SECONDS}", SWITCHOVER_SECONDS + CONTROL_SECONDS)
        except OSError as e:
            return str(e)

    def leads_protected(self):
        """Whether it leads with a backup that has caught up."""
        try:
            status = self.status()
        except DemoError:
            return False
        return status["role"] == "PRIMARY" and not status["connections"]["catchingUp"]

    def ask(self, request, limit=CONTROL_SECONDS):
        """The answer of its control socket; OSError if there is none."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(limit)
            control.connect(str(self.control_socket()))
            control.sendall(f"{request}\n".encode())
            verdict, _, answer = control.makefile(encoding="utf-8").read().partition("\n")
        if verdict != "ok":
            raise OSError(verdict)
        return answer

    def control_socket(self):
        return self.run / f"{self.process.pid}.sock"

    def await_serving(self):
        self.await_true(lambda: "listening" in self.process.output(), "does not serve")

    def await_protecting(self, seconds=START_SECONDS):
        """Until a failure would be survived: a backup could take over now, a primary is protected by one."""
        self.await_true(self.ready, "does not protect", seconds, pause=0.2)

    def await_true(self, condition, complaint, seconds=START_SECONDS, pause=0.02):
        if not wait_for(lambda: not self.process.alive() or condition(), seconds, pause) or not self.process.alive():
            raise DemoError(f"the server on {self.name} {'has ended' if not self.process.alive() else complaint}: "
                            f"{self.process.output()[-3000:]}")

    def kill(self):
        self.process.send(signal.SIGKILL)

    def close(self):
        if self.process:
            self.process.end()
        shutil.rmtree(self.run, ignore_errors=True)


class Cluster:
    def __init__(self, options, lab, service, keys, directory, logs, label):
        self.options = options
        self.lab = lab
        self.service = service
        self.keys = keys
        self.directory = directory
        self.logs = logs
        self.label = label
        self.nodes = {}

    def start(self):
        protected = self.options.mode != "off"
        for name in names(self.options) if protected else ("a",):
            prefer = "primary" if name == "a" else "backup"
            (self.directory / name).mkdir(parents=True)
            self.nodes[name] = Node(name, self, prefer)
            self.nodes[name].start()
        self.nodes["a"].await_serving()
        if protected and self.options.hosts == 2:
            self.make_primary("a", "b")

    def make_primary(self, name, other, attempts=5):
        """On a busy machine a starting JVM may be taken for dead: the host that leads then hands back."""
        for _ in range(attempts):
            for node in (self.nodes["b"], self.nodes["a"]):
                node.await_protecting()
            role = self.nodes[name].status()["role"]
            if role == "PRIMARY":
                return
            if role == "BACKUP":
                self.nodes[other].control("switchover")
        raise DemoError(f"{name} is {role}, though it was to be the primary: its faults would show nothing")

    def node(self, name):
        return self.nodes[name]

    def restart(self, name):
        """Starts a host as the backup of the host that serves now."""
        node = self.nodes[name]
        node.process.end(signal.SIGKILL)
        node.prefer = "backup"
        shutil.rmtree(node.home)
        self.service.fill(node.home)
        node.start()

    def close(self):
        for node in self.nodes.values():
            node.close()


def check_commands(options):
    """Replication's commands must be there, where it is asked for: never run less than asked in silence."""
    if options.mode == "off":
        return
    for command in ("ready", "status", "switchover", *(() if options.plain else ("keys",))):
        # An unknown command with --help gets the help of the whole, and no error.
        if f"holdfast {command}" not in run([JAVA, "-jar", JAR, command, "--help"], f"holdfast.jar {command} --help"):
            raise DemoError(f"this holdfast.jar has no command {command}, so it cannot replicate; --mode off shows the "
                            "stack alone")


def switchover_began_ns(text):
    """When nothing departed any more, in nanoseconds since 1970, as the command says; None if it does not."""
    found = re.search(r"from (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", text)
    if not found:
        return None
    whole = datetime.fromisoformat(found[1]).replace(tzinfo=timezone.utc)
    return int(whole.timestamp()) * 1_000_000_000 + int((found[2] or "").ljust(9, "0"))


def last_failover(status):
    """As its new primary tells it: detectionMs, takeoverMs and the steps; nothing if it knows of none."""
    failovers = status.get("failovers") or []
    return failovers[-1] if failovers else {}


def went_alone_ns(status):
    """When it, a primary, went on without its backup, in nanoseconds since 1970, to a millisecond or two."""
    times = []
    for failover in status.get("failovers") or []:
        if (failover["from"], failover["to"]) == ("PRIMARY", "SOLO"):
            decided = next(step["ms"] for step in failover["steps"] if step.get("key") == "decided")
            times.append(int((failover["beganAtMs"] + decided) * 1_000_000))
    return times


def phases(failover):
    """Where a failover's time went, in ms: detection, then the start of the server (mode cold), then what it had to do again
    (replay); besides, the first new byte of a client, counted from the last sign of life. None for what did not happen."""
    at = {step.get("key"): step["ms"] for step in failover.get("steps", []) if step.get("key")}

    def between(first, last):
        return round(at[last] - at[first], 3) if first in at and last in at else None
    ready = "listening" if "listening" in at else "serving"
    return {"detectionMs": failover.get("detectionMs"), "startMs": between("decided", "listening"),
            "replayMs": between(ready, "replayed"), "firstByteMs": between("heard", "moved")}
