"""ADDRESS PORT UNTIL DIRECTORY count|bulk: curl's work with the survey's web application, over connections that live and others.

count: one question after the other: how often was it asked (every answer must be one more than the last), bytes, and the hash
of bytes that are sent. bulk: larger ones of the last two, side by side with the other client.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from common import Ops, content, fail

ROUNDS = 20
SIZES = {"count": 5_000, "bulk": 3_000_000}
CURL = ["stdbuf", "-oL", "curl", "-sS", "--fail", "--max-time", "60", "--connect-timeout", "20", "-H", "Expect:"]


def main():
    address, port, until, directory, kind = sys.argv[1:]
    directory = Path(directory)
    base = f"http://{address}:{port}"
    size = SIZES[kind]
    expected = content(size, 3)
    (directory / f"{kind}.up").write_bytes(expected)
    ops = Ops(until)
    asked = 0
    closing = False
    while ops.go_on():
        wanted = []
        requests = []
        for i in range(ROUNDS if kind == "count" else 2):
            if kind == "count":
                asked += 1
                wanted.append(("count", str(asked).encode()))
                requests.append([f'url = "{base}/count"'])
            wanted.append(("bytes", expected))
            requests.append([f'url = "{base}/bytes?size={size}&seed=3"'])
            wanted.append(("sum", hashlib.sha256(expected).hexdigest().encode()))
            requests.append([f'url = "{base}/sum"', f'upload-file = "{directory}/{kind}.up"'])
        curl(ops, directory, kind, wanted, requests, closing)
        closing = not closing
    print(f"asked {asked}", flush=True)


def curl(ops, directory, kind, wanted, requests, closing):
    """One process of curl: all requests over one connection, or, if closing, each over its own."""
    lines = []
    for number, request in enumerate(requests):
        lines += (["next"] if number else []) + request
        lines += ["silent", "show-error", "fail", "max-time = 60", 'header = "Expect:"',
                  f'output = "{directory}/{kind}-{number}.got"', r'write-out = "%{http_code}\n"']
        lines += ['header = "Connection: close"'] if closing else []
    config = directory / f"{kind}.curl"
    config.write_text("\n".join(lines) + "\n")
    ops.begin()
    process = subprocess.Popen([*CURL, "-K", str(config)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    number = 0
    for line in process.stdout:
        line = line.strip()
        if line != "200":
            fail(f"{wanted[min(number, len(wanted) - 1)][0]}: {line}")
        name, due = wanted[number]
        got = (directory / f"{kind}-{number}.got").read_bytes()
        if got.strip() != due if name != "bytes" else got != due:
            fail(f"{name}: {len(got)} bytes ({got[:40]!r}) where {len(due)} ({due[:40]!r}) were due")
        ops.done(name)
        number += 1
    if process.wait() != 0 or number != len(wanted):
        fail(f"curl ended with {process.returncode} after {number} of {len(wanted)} requests")


main()
