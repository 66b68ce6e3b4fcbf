"""What a server of the survey is: a file in catalog/ each, with a subclass of Server called SERVERS' items."""

import importlib
import sys
from pathlib import Path

from common import SERVICE

HERE = Path(__file__).parent
CLIENT_FLAGS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"]


class Work:
    """One client: a command, run on the client's host, that prints a line "op NAME MS" for every answer that came and was right,
    works until the file of `until` is there (or has a fixed length), and ends with 0 if all was right.
    """

    def __init__(self, command, ops=None):
        """@param ops: how many lines it prints, if its work has a fixed length; the kill then falls in the middle of them"""
        self.command = [str(part) for part in command]
        self.ops = ops


class Server:
    """One server. Its public fields and methods are all that the harness asks."""

    name = None
    # What the table calls it.
    title = None
    # Maven coordinates, group:artifact:version, of the server and of its client.
    artifacts = ()
    # What of java/ is compiled for it: names of classes in the package survey.
    sources = ()
    # Commands that its client needs.
    tools = ()
    port = 8080
    # The first JDK that it can run on.
    java = 17
    # The JVM's flags beside the survey's own.
    flags = ()
    # Time for which a client may be silent without a fault: its own think time, or a single operation's length.
    quiet_s = 0.5
    start_s = 60

    def prepare(self, kit):
        """Once, before the first kill. @param kit: packages.Kit, with the class path and a directory"""
        self.kit = kit

    def fill(self, home):
        """Gives a host's server its directory, in which it starts; the same on both hosts."""
        home.mkdir(parents=True, exist_ok=True)

    def command(self):
        """Main class and arguments; the directory is the current one."""
        raise NotImplementedError

    def probe(self):
        """A command of the client's that ends with 0 when the server really serves; None if listening means that."""
        return None

    def clients(self, until, directory):
        """@param until: a file; when it exists, a client ends after its present operation"""
        raise NotImplementedError

    def check(self, stage):
        """After the clients' end: complaints about the state that the server in charge has now."""
        return []

    # --- for subclasses ---

    def java_client(self, main, *arguments):
        return [self.kit.java, *CLIENT_FLAGS, "-cp", self.kit.class_path, main, *(str(one) for one in arguments)]

    def small_client(self, main, until, *arguments):
        return self.java_client(f"survey.{main}", SERVICE, self.port, until, *arguments)

    def python_client(self, script, *arguments):
        return [sys.executable, "-B", HERE / "clients" / script, SERVICE, self.port, *arguments]


def catalog():
    """All servers, in the order of the table."""
    order = (HERE / "catalog" / "ORDER").read_text().split()
    found = {}
    for file in sorted((HERE / "catalog").glob("*.py")):
        for server in importlib.import_module(f"catalog.{file.stem}").SERVERS:
            found[server.name] = server
    return [found[name] for name in order if name in found] + [found[name] for name in sorted(found) if name not in order]
