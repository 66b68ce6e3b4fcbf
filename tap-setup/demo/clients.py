"""Runs in the client's host: starts all clients at once, and tells how each ended. Arguments: a JSON file that lists
{id, argv, stdout}; writes a JSON line {id, status, seconds, error} for each client that ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time


def main():
    with open(sys.argv[1]) as file:
        wanted = json.load(file)
    running = {}

    def end(*_):
        for client, *_ in running.values():
            client.kill()
        for client, *_ in running.values():
            client.wait()
        sys.exit(1)

    signal.signal(signal.SIGTERM, end)
    for one in wanted:
        errors = tempfile.TemporaryFile()
        with open(one["stdout"], "wb") as output:
            client = subprocess.Popen(one["argv"], stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        running[client.pid] = (client, one["id"], errors, time.monotonic())
    while running:
        pid, status = os.wait()
        if pid in running:
            client, name, errors, started = running.pop(pid)
            client.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            print(json.dumps({"id": name, "status": client.returncode, "seconds": time.monotonic() - started,
                              "error": errors.read()[-500:].decode(errors="replace").strip()}), flush=True)


main()
