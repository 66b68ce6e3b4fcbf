"""ADDRESS PORT up|down DIRECTORY: lftp mirrors a directory of many files. A line for each file that the server confirmed."""

import re
import subprocess
import sys
from pathlib import Path

from common import Ops, fail

SETTINGS = ["net:timeout 30", "net:max-retries 1", "net:persist-retries 0", "net:reconnect-interval-base 1", "cmd:fail-exit yes",
            "ftp:ssl-allow no", "ftp:use-mdtm no", "ftp:use-feat no", "mirror:parallel-transfer-count 1"]


def main():
    address, port, direction, directory = sys.argv[1:]
    directory = Path(directory)
    verb = f"mirror --no-perms -R {directory}/up up" if direction == "up" else f"mirror --no-perms down {directory}/got"
    script = "; ".join([*(f"set {one}" for one in SETTINGS), "debug 9", f"open -u demo,demo ftp://{address}:{port}", verb, "bye"])
    ops = Ops("")
    process = subprocess.Popen(["stdbuf", "-oL", "lftp", "--norc", "-c", script], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    current = None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        print("  " + said[-1], flush=True)
        if command := re.search(r"---> (STOR|RETR) (\S+)", line):
            current = command[2]
        elif "<--- 226" in line and current:
            ops.done(current)
            current = None
    if process.wait() != 0:
        fail(f"lftp ended with {process.returncode}: " + " / ".join(said[-4:]))


main()
