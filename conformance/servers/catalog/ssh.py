"""Apache SSHD, started by its own main, on its NIO transport; OpenSSH's sftp and scp send files and get them back."""

from common import run
from server import Server, Work


class Ssh(Server):
    # The last whose NIO transport was released with its command line.
    artifacts = tuple(f"org.apache.sshd:sshd-{part}:2.15.0" for part in ("cli", "mina", "sftp", "scp"))
    artifacts += ("org.slf4j:slf4j-simple:1.7.36",)
    tools = ("ssh-keygen", "sftp", "scp")
    port = 2222
    # What the file's way there and back takes.
    quiet_s = 2.0

    def __init__(self, name):
        self.name = name
        self.title = f"Apache SSHD 2.15.0 (MINA), {name}"

    def prepare(self, kit):
        super().prepare(kit)
        self.keys = kit.directory / "keys"
        if not self.keys.exists():
            self.keys.mkdir()
            for name in ("host", "client"):
                run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-m", "PEM", "-N", "", "-f", self.keys / name], "ssh-keygen")

    def command(self):
        return ["org.apache.sshd.cli.server.SshServerMain", "-p", self.port, "-io", "mina", "-key-file", self.keys / "host",
                "-o", "LogLevel=ERROR"]

    def clients(self, until, directory):
        return [Work(self.python_client("ssh.py", self.name, until, directory, self.keys / "client"))]


SERVERS = [Ssh("sftp"), Ssh("scp")]
