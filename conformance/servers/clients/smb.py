"""ADDRESS PORT UNTIL DIRECTORY: smbclient puts files and gets them back, in session after session."""

import subprocess
import sys
from pathlib import Path

from common import Ops, content, fail

SIZE = 400_000
FILES = 5
OPTIONS = ["-m", "NT1", "--option=client min protocol=NT1", "-U", "demo%demo"]


def main():
    address, port, until, directory = sys.argv[1:]
    directory = Path(directory)
    ops = Ops(until)
    rounds = 0
    while ops.go_on():
        rounds += 1
        names = [f"{rounds}-{number}" for number in range(FILES)]
        for number, name in enumerate(names):
            (directory / name).write_bytes(content(SIZE, rounds * FILES + number))
        ops.begin()
        lines = "; ".join(f"put {directory}/{name} {name}; get {name} {directory}/{name}.got" for name in names)
        done = subprocess.run(["smbclient", f"//{address}/SHARE", "-p", port, *OPTIONS, "-c", lines], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            fail(f"smbclient ended with {done.returncode}: {' / '.join(done.stdout.strip().splitlines()[-3:])}")
        for number, name in enumerate(names):
            if (directory / f"{name}.got").read_bytes() != content(SIZE, rounds * FILES + number):
                fail(f"{name} came back different")
            (directory / name).unlink()
            (directory / f"{name}.got").unlink()
            ops.done("file")
    print(f"rounds {rounds}", flush=True)


main()
