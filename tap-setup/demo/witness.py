"""The third party: a ZooKeeper of its own on the host third, started by its own main."""

import signal

from build import ZOOKEEPER, LIBRARIES
from common import JAVA, DemoError, wait_for

ADDRESS, PORT = "10.79.0.13", 2181
# In ms: half a second is the least that a session may last then. Its clients here would rather look for another server, if there
# were one, than wait for this one.
TICK = 250


class Witness:
    def __init__(self, lab, directory, log):
        self.lab = lab
        self.log = log
        data = directory / "zookeeper"
        data.mkdir()
        self.config = directory / "zoo.cfg"
        self.config.write_text(f"tickTime={TICK}\ndataDir={data}\nclientPort={PORT}\nclientPortAddress={ADDRESS}\n"
                               "admin.enableServer=false\n4lw.commands.whitelist=srvr\n")
        self.process = None

    def start(self):
        self.process = self.lab.start("third", [JAVA, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", f"{ZOOKEEPER}/*:{LIBRARIES}/*",
                                                "org.apache.zookeeper.server.ZooKeeperServerMain", self.config], self.log)
        if not wait_for(lambda: not self.process.alive() or self.serves(), 30, 0.1) or not self.process.alive():
            raise DemoError(f"no ZooKeeper: {self.process.output()[-2000:]}")

    def serves(self):
        """It listens, as the kernel of its host says."""
        with open(f"/proc/{self.process.pid}/net/tcp") as file, open(f"/proc/{self.process.pid}/net/tcp6") as file6:
            return any(f":{PORT:04X} " in line and line.split()[3] == "0A" for line in (*file, *file6))

    def kill(self):
        self.process.send(signal.SIGKILL)

    def close(self):
        if self.process:
            self.process.end(signal.SIGKILL)


def lines():
    """Of a host's configuration."""
    return [f"replication.witness=zookeeper:{ADDRESS}:{PORT}"]
