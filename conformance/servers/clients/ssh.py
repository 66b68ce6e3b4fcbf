"""ADDRESS PORT sftp|scp UNTIL DIRECTORY KEY: OpenSSH's client sends a file and gets it back, again and again."""

import subprocess
import sys
from pathlib import Path

from common import Ops, content, fail

SIZE = 3_000_000
OPTIONS = ["-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
           "-o", "BatchMode=yes", "-o", "ServerAliveInterval=20"]
FILES = 3


def main():
    address, port, kind, until, directory, key = sys.argv[1:]
    directory = Path(directory)
    ops = Ops(until)
    rounds = 0
    while ops.go_on():
        rounds += 1
        sent = {}
        for number in range(FILES):
            name = f"{rounds}-{number}"
            sent[name] = content(SIZE, rounds * FILES + number)
            (directory / name).write_bytes(sent[name])
        ops.begin()
        options = [*OPTIONS, "-P", port, "-i", key]
        if kind == "sftp":
            lines = [f"put {directory}/{name} {name}\nget {name} {directory}/{name}.got" for name in sent]
            (directory / "batch").write_text("\n".join(lines) + "\n")
            run(["sftp", *options, "-b", str(directory / "batch"), f"demo@{address}"])
        else:
            for name in sent:
                run(["scp", "-O", *options, str(directory / name), f"demo@{address}:{name}"])
                run(["scp", "-O", *options, f"demo@{address}:{name}", str(directory / f"{name}.got")])
        for name, expected in sent.items():
            if (directory / f"{name}.got").read_bytes() != expected:
                fail(f"{name} came back different")
            (directory / name).unlink()
            (directory / f"{name}.got").unlink()
            ops.done("file")
    print(f"rounds {rounds}", flush=True)


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        fail(f"{command[0]} ended with {done.returncode}: {done.stdout.strip()[-300:]}")


main()
