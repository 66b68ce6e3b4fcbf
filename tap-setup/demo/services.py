"""Services: which unmodified server, which clients, and what a client must have got."""

import os

import content
from common import KEYTOOL, PASSWORD, SERVICE, run, sha256

SERVERS = "io.holdfast.lab.server."


class Transfer:
    """One stream of one client: how to run it and, afterwards, whether the received content is the sent one."""

    def __init__(self, direction, command, size, output, judge):
        self.direction = direction
        self.command = command
        self.size = size
        self.output = output
        self.judge = judge
        self.status = None
        self.seconds = None
        self.error = ""
        self.sha256 = None
        self.fault = None

    def intact(self):
        return self.fault is None

    def conclude(self, active_home):
        """@param active_home: the directory of the server that ended the round in charge"""
        if self.status is None:
            self.fault = "did not end in time"
        elif self.status != 0:
            self.fault = f"client ended with {self.status}" + (f": {self.error.splitlines()[-1]}" if self.error else "")
        else:
            self.fault = self.judge(self, active_home)


class Service:
    port = 8080
    paced_by_link = False

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.keystore = work / "server.p12"
        self.certificate = work / "server.pem"
        self.content = None

    def prepare(self):
        if self.options.tls:
            run([KEYTOOL, "-genkeypair", "-alias", "demo", "-keyalg", "EC", "-groupname", "secp256r1",
                 "-storetype", "PKCS12", "-keystore", self.keystore, "-storepass", PASSWORD, "-dname", f"CN={SERVICE}",
                 "-ext", f"san=ip:{SERVICE}", "-validity", "30"], "keytool")
            run([KEYTOOL, "-exportcert", "-rfc", "-alias", "demo", "-keystore", self.keystore, "-storepass", PASSWORD,
                 "-file", self.certificate], "keytool")
        self.make_content()

    def make_content(self):
        self.content = content.file(self.work / "content.bin", self.options.size, self.options.seed)

    def tls_arguments(self):
        return [self.keystore, PASSWORD] if self.options.tls else []

    def fill(self, home):
        """Gives a host's server its directory."""
        home.mkdir(parents=True, exist_ok=True)
        # The same file on both hosts, and no link that leads out of a directory: SFTP servers refuse those.
        os.link(self.content.path, home / "content.bin")

    def curl(self):
        options = self.options
        command = ["curl", "-sS", "--fail", "--max-time", str(options.limit), "--connect-timeout",
                   str(options.patience), "--speed-limit", "1", "--speed-time", str(options.patience)]
        if options.tls:
            command += ["--cacert", str(self.certificate)]
        return command

    def transfers(self, directory):
        """The streams of all clients, of one round; downloads go to the directory."""
        directions = ("download", "upload") if self.options.direction == "both" else (self.options.direction,)
        return [self.transfer(direction, f"{number}", directory) for number in range(self.options.clients)
                for direction in directions]

    def transfer(self, direction, name, directory):
        if direction == "download":
            output = directory / f"{name}.got"
            return Transfer(direction, self.download(output), self.content.size, output, self.judge_download)
        output = directory / f"{name}.answer"
        return Transfer(direction, self.upload(name), self.content.size, output, self.judge_upload)

    def judge_download(self, transfer, active_home):
        return self.compare(transfer, transfer.output)

    def compare(self, transfer, path):
        if not path.exists():
            return "nothing arrived"
        size = path.stat().st_size
        transfer.sha256 = sha256(path)
        if size != self.content.size:
            return f"{size} bytes arrived of {self.content.size}"
        return None if transfer.sha256 == self.content.sha256 else "what arrived differs from what was sent"


class Web(Service):
    def server_command(self, home):
        program = "JettyHttpServer" if self.options.server == "jetty" else "JdkHttpServer"
        return ["-Dsun.net.httpserver.nodelay=true", SERVERS + program, SERVICE, self.port, home, *self.tls_arguments()]

    def __init__(self, options, work):
        super().__init__(options, work)
        # By the clients' link: curl's own way has pauses of up to a second, and a server that holds to a rate by its own clock
        # would hold to it, too, where it only has to do again what another did before. But not many clients:
        # hundreds of connections would fight for the few milliseconds of such a link's queue, with losses and timeouts.
        self.paced_by_server = options.many and options.server == "jdk"
        self.paced_by_link = not self.paced_by_server

    def url(self, path):
        rate = f"?rate={self.options.rate}" if self.options.rate and self.paced_by_server else ""
        return f"http{'s' if self.options.tls else ''}://{SERVICE}:{self.port}/{path}{rate}"

    def download(self, output):
        return [*self.curl(), self.url("file/content.bin")]

    def upload(self, name):
        return [*self.curl(), "-H", "Expect:", "-T", str(self.content.path), self.url(f"sha256/{name}")]

    def judge_upload(self, transfer, active_home):
        """The server answers with the hash of the received bytes."""
        answer = transfer.output.read_text(errors="replace").split()
        if len(answer) != 2:
            return f"an answer that is none: {' '.join(answer)[:80]}"
        transfer.sha256 = answer[0]
        if answer[1] != str(self.content.size):
            return f"the server got {answer[1]} bytes of {self.content.size}"
        return None if answer[0] == self.content.sha256 else "what the server got differs from what was sent"


class File(Service):
    """Uploads are compared where the server in charge at the end has put them."""

    def judge_upload(self, transfer, active_home):
        return self.compare(transfer, active_home / f"up-{transfer.output.stem}")

    def judge_download(self, transfer, active_home):
        return self.compare(transfer, transfer.output)


class Ftp(File):
    port = 2121
    # Any: the stack chooses, and the backup's follows. Which of a range FtpServer takes depends on what all its clients did before.
    PASSIVE_PORTS = "0"

    def __init__(self, options, work):
        super().__init__(options, work)
        self.paced_by_link = not options.many

    def server_command(self, home):
        rate = 0 if self.paced_by_link else self.options.rate or 0
        return [SERVERS + "FtpFileServer", SERVICE, self.port, home, self.PASSIVE_PORTS, rate, *self.tls_arguments()]

    def url(self, name):
        return f"ftp://{SERVICE}:{self.port}/{name}"

    def login(self):
        return [*self.curl(), "-u", "demo:demo", *(["--ssl-reqd"] if self.options.tls else [])]

    def lftp(self, verb):
        options = self.options
        settings = [f"net:timeout {options.patience}", "net:max-retries 1", "net:persist-retries 0",
                    "net:reconnect-interval-base 1", "cmd:fail-exit yes"]
        if options.tls:
            settings += ["ftp:ssl-force yes", "ftp:ssl-protect-data yes", f"ssl:ca-file {self.certificate}"]
        else:
            settings += ["ftp:ssl-allow no"]
        script = [*(f"set {one}" for one in settings), f"open -u demo,demo ftp://{SERVICE}:{self.port}", verb, "bye"]
        return ["lftp", "--norc", "-c", "; ".join(script)]

    def download(self, output):
        if self.options.client == "lftp":
            return self.lftp("cat content.bin")
        return [*self.login(), self.url("content.bin")]

    def upload(self, name):
        if self.options.client == "lftp":
            return self.lftp(f"put {self.content.path} -o up-{name}")
        return [*self.login(), "-T", str(self.content.path), self.url(f"up-{name}")]


class Sftp(File):
    port = 2222

    def prepare(self):
        super().prepare()
        for name in ("host_key", "client_key"):
            run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", self.work / name], "ssh-keygen")

    def server_command(self, home):
        return [SERVERS + "SftpFileServer", SERVICE, self.port, home, self.work / "host_key"]

    def sftp(self, name, line):
        batch = self.work / f"{name}.batch"
        batch.write_text(line + "\n")
        rate = ["-l", str(max(1, self.options.rate * 8 // 1024))] if self.options.rate else []
        alive = max(1, self.options.patience // 3)
        return ["sftp", "-q", "-F", "none", *rate, "-P", str(self.port), "-i", str(self.work / "client_key"),
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "BatchMode=yes", "-o", f"ServerAliveInterval={alive}", "-o", "ServerAliveCountMax=3",
                "-b", str(batch), f"demo@{SERVICE}"]

    def transfer(self, direction, name, directory):
        if direction == "upload":
            return super().transfer(direction, name, directory)
        got = directory / f"{name}.got"
        return Transfer(direction, self.sftp(f"down-{name}", f"get content.bin {got}"), self.content.size,
                        directory / f"{name}.answer", lambda transfer, _: self.compare(transfer, got))

    def upload(self, name):
        return self.sftp(f"up-{name}", f"put {self.content.path} up-{name}")


class Stream(Service):
    """Live media. The client decodes it, and every frame must be that of the reference, none missing, none twice."""

    def make_content(self):
        self.content = content.media(self.work / "live.ts", self.options.seconds, self.options.bitrate)
        self.reference = content.frame_hashes(run(self.decode(self.content.path), "decoding the reference"))

    def fill(self, home):
        home.mkdir(parents=True, exist_ok=True)

    def server_command(self, home):
        return ["-Dsun.net.httpserver.nodelay=true", SERVERS + "StreamServer", SERVICE, self.port, self.content.path,
                self.options.bitrate, *self.tls_arguments()]

    def decode(self, source, *more):
        return ["ffmpeg", "-nostdin", "-v", "error", *more, "-i", source, "-map", "0", "-f", "framemd5", "-"]

    def download(self, output):
        patience = ["-rw_timeout", str(self.options.patience * 1_000_000)]
        if self.options.tls:
            patience += ["-tls_verify", "1", "-ca_file", str(self.certificate)]
        return self.decode(f"http{'s' if self.options.tls else ''}://{SERVICE}:{self.port}/live.ts", *patience)

    def judge_download(self, transfer, active_home):
        got = content.frame_hashes(transfer.output.read_text(errors="replace"))
        transfer.sha256 = sha256(transfer.output)
        if transfer.error:
            return f"the decoder complains: {transfer.error.splitlines()[-1]}"
        if got != self.reference:
            shorter = min(len(got), len(self.reference))
            same = next((i for i in range(shorter) if got[i] != self.reference[i]), shorter)
            return f"{len(got)} frames of {len(self.reference)}, and they differ from number {same} on"
        return None


def create(options, work):
    kind = {"jetty": Web, "ftp": Ftp, "sftp": Sftp}.get(options.server, Stream if options.service == "stream" else Web)
    return kind(options, work)
