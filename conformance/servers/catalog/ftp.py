"""Apache FtpServer, started by its own main with its own configuration file; lftp sends and gets many files."""

import random

from common import SERVICE
from server import Server, Work

FILES = 300
CONFIGURATION = """\
<server xmlns="http://mina.apache.org/ftpserver/spring/v1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="http://mina.apache.org/ftpserver/spring/v1 http://mina.apache.org/ftpserver/ftpserver-1.0.xsd"
        id="survey" max-logins="100">
  <listeners>
    <nio-listener name="default" port="{port}" local-address="{address}">
      <data-connection idle-timeout="60"><passive address="{address}" ports="0"/></data-connection>
    </nio-listener>
  </listeners>
  <file-user-manager file="users.properties" encrypt-passwords="clear"/>
</server>
"""
USER = """\
ftpserver.user.demo.userpassword=demo
ftpserver.user.demo.homedirectory=files
ftpserver.user.demo.enableflag=true
ftpserver.user.demo.writepermission=true
ftpserver.user.demo.maxloginnumber=20
ftpserver.user.demo.maxloginperip=20
ftpserver.user.demo.idletime=300
ftpserver.user.demo.uploadrate=0
ftpserver.user.demo.downloadrate=0
"""


class Ftp(Server):
    artifacts = ("org.apache.ftpserver:ftpserver-core:1.2.1", "org.springframework:spring-context:5.3.39",
                 "org.slf4j:slf4j-simple:1.7.36")
    tools = ("lftp",)
    port = 2121
    quiet_s = 1.0

    def __init__(self, direction):
        self.direction = direction
        self.name = f"ftp-{direction}load"
        self.title = f"Apache FtpServer 1.2.1, {direction}load of {FILES} files"

    def prepare(self, kit):
        super().prepare(kit)
        self.content = kit.directory / "content"
        chance = random.Random(5)
        for number in range(FILES):
            file = self.content / f"sub{number % 3}" / f"file{number}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(chance.randbytes(chance.choice((0, 100, 3_000, 20_000, 90_000))))

    def fill(self, home):
        super().fill(home)
        files = home / "files"
        files.mkdir()
        (files / "down").symlink_to(self.content) if self.direction == "down" else (files / "up").mkdir()
        (home / "ftpd.xml").write_text(CONFIGURATION.format(address=SERVICE, port=self.port))
        (home / "users.properties").write_text(USER)

    def command(self):
        return ["org.apache.ftpserver.main.CommandLine", "ftpd.xml"]

    def clients(self, until, directory):
        self.got = directory / "got"
        if self.direction == "up":
            (directory / "up").symlink_to(self.content)
        # Empty files need not be fetched.
        files = [file for file in self.content.rglob("*") if file.is_file()]
        transfers = [file for file in files if self.direction == "up" or file.stat().st_size]
        return [Work(self.python_client("ftp.py", self.direction, directory), ops=len(transfers))]

    def check(self, stage):
        place = stage.home() / "files" / "up" if self.direction == "up" else self.got
        missing, different = [], []
        for file in sorted(path for path in self.content.rglob("*") if path.is_file()):
            name = file.relative_to(self.content)
            if not (place / name).exists():
                missing.append(str(name))
            elif (place / name).read_bytes() != file.read_bytes():
                different.append(str(name))
        for files, what in ((missing, "are missing"), (different, "differ")):
            if files:
                yield f"{len(files)} of {FILES} files that were confirmed {what}: {', '.join(files[:5])}"


SERVERS = [Ftp("up"), Ftp("down")]
