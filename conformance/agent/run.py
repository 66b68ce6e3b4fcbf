#!/usr/bin/env python3
"""Checks a conformance agent from outside: its protocol, and sockets call by call. (Packet by packet: conformance/run.sh.)

    run.py --jar target/holdfast.jar            starts the agent itself
    run.py --command "java ... conformance-agent"   the same, started otherwise
    run.py --socket PATH                        an agent that is running already
    run.py [...] NAME...                        only checks whose names contain one of these
"""

import argparse
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import agent  # noqa: E402
import checks  # noqa: E402

START_SECONDS = 30


def start(command, path, errors):
    process = subprocess.Popen(shlex.split(command) + ["--socket", path], stdout=subprocess.DEVNULL, stderr=errors)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            agent.Agent(path).close()
            return process
        except OSError:
            if process.poll() is not None:
                sys.exit("the agent ended with status %d" % process.returncode)
            time.sleep(0.05)
    process.kill()
    sys.exit("the agent did not listen within %d s" % START_SECONDS)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jar")
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--command")
    arguments.add_argument("--socket")
    arguments.add_argument("--verbose", action="store_true")
    arguments.add_argument("--skip", action="append", default=[], help="not those whose names contain this")
    arguments.add_argument("names", nargs="*")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path, process = options.socket, None
        errors = pathlib.Path(directory) / "stderr"
        if path is None:
            path = directory + "/agent"
            command = options.command or "%s -jar %s conformance-agent" % (options.java, options.jar)
            with open(errors, "wb") as sink:
                process = start(command, path, sink)
        try:
            return run(path, errors if process else None, options)
        finally:
            if process:
                process.terminate()
                process.wait()
                if options.verbose:
                    sys.stderr.write(errors.read_text())


def run(path, errors, options):
    passed, failed = 0, []
    for name, check in checks.all_checks():
        if options.names and not any(n in name for n in options.names) or any(n in name for n in options.skip):
            continue
        try:
            check(checks.World(path, errors))
            passed += 1
            if options.verbose:
                print("ok   " + name)
        except Exception:
            failed.append(name)
            print("FAIL %s\n%s" % (name, traceback.format_exc()))
        sys.stdout.flush()
    print("Conformance: %d passed, %d failed" % (passed, len(failed)))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
