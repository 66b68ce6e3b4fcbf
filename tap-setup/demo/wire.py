"""What a bystander captures besides the clients' side, and what the wire checker makes of it: what each host sends onto its
port of the LAN, and, if it is plain, the link between the hosts, where one acknowledges to the other what it has stored."""

import subprocess

from build import CLASSES
from capture import HEADER_BYTES, WHOLE_BYTES, Capture
from cluster import SERVICE_PATH_PORT
from common import JAVA, SERVICE, DemoError

# Every byte of a service's and of the link's is kept while a capture is read.
HEAP = "-Xmx3g"
LIMIT_S = 300
HOSTS = {"a": "10.78.0.11,10.77.0.11", "b": "10.78.0.12,10.77.0.12"}


class WireCheck:
    """Begin it before the hosts' servers start: a connection that is older cannot be read."""

    def __init__(self, options, lab, directory):
        self.ports = {}
        self.links = []
        if options.mode == "off":
            return
        log = directory / "tcpdump-wire.log"
        for name in HOSTS:
            self.ports[name] = Capture(lab, "lan", name, directory / f"port-{name}.pcap", log, HEADER_BYTES,
                                       f"host {SERVICE}", incoming=True)
        if options.plain:
            self.links = [Capture(lab, "a", "repl0", directory / "link.pcap", log, WHOLE_BYTES, "tcp"),
                          Capture(lab, "a", "up0", directory / "service-path.pcap", log, WHOLE_BYTES,
                                  f"tcp port {SERVICE_PATH_PORT}")]

    def stop(self):
        for capture in (*self.ports.values(), *self.links):
            capture.stop()

    def dropped(self):
        return sum(capture.dropped for capture in (*self.ports.values(), *self.links))

    def check(self, clients, alone, report):
        """Whether nothing is broken. What the checker says goes to the file report.

        @param clients: the capture of the clients' side
        @param alone: (host, nanoseconds since 1970) of each time that a primary went on without its backup, as it says"""
        hosts = [part for name, capture in self.ports.items() for part in ("--host", f"{HOSTS[name]}={capture.path}")]
        links = [part for capture in self.links for part in ("--link", str(capture.path))]
        went = [part for name, ns in alone for part in ("--alone", f"{HOSTS[name].partition(',')[0]}={ns}")]
        done = subprocess.run(
            [JAVA, HEAP, "-cp", str(CLASSES), "io.holdfast.lab.wire.WireChecker", str(clients.path), "--server", SERVICE,
             *hosts, *links, *went],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S)
        report.write_text(done.stdout)
        if done.returncode not in (0, 1):
            raise DemoError(f"the wire checker: {done.stdout}")
        return done.returncode == 0
