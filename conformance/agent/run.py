#!/usr/bin/env python3
"""Checks a conformance agent from outside: its protocol, its sockets, and TCP packet by packet.

    run.py --jar target/holdfast.jar            starts the agent itself
    run.py --command "java ... conformance-agent"   the same, started otherwise
    run.py --socket PATH                        an agent that is running already
    run.py [...] NAME...                        only checks and scripts whose names contain one of these
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
import script  # noqa: E402

PENDING = HERE / "pending.txt"
SCRIPTS = HERE.parent / "scripts"
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


def tests(path, errors, slack_us, verbose):
    for name, check in checks.all_checks():
        yield name, lambda check=check: check(checks.World(path, errors))
    for file in sorted(SCRIPTS.rglob("*.pkt")):
        def run(file=file):
            with agent.Agent(path) as session:
                script.Script(session, file.read_text(), file.name, slack_us, verbose).run()
        yield str(file.relative_to(SCRIPTS)), run


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jar")
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--command")
    arguments.add_argument("--socket")
    arguments.add_argument("--verbose", action="store_true")
    arguments.add_argument("--slack-ms", type=int, default=0, help="more tolerance for scripts, for real time")
    arguments.add_argument("--no-pending", action="store_true", help="fail what is listed as pending too")
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
    pending = {} if options.no_pending else dict(line.split(":", 1) for line in PENDING.read_text().splitlines()
                                                 if ":" in line and not line.startswith("#"))
    for name, test in tests(path, errors, options.slack_ms * 1000, options.verbose):
        if options.names and not any(n in name for n in options.names) or any(n in name for n in options.skip):
            continue
        try:
            test()
            passed += 1
            if options.verbose:
                print("ok   " + name)
            if name in pending:
                print("now passes, though listed as pending: " + name)
        except script.Failure as failure:
            if name in pending:
                print("pending %s:%s" % (name, pending[name]))
                continue
            failed.append(name)
            print("FAIL %s\n  %s" % (name, failure))
        except Exception as e:
            if name in pending:
                print("pending %s:%s (%r)" % (name, pending[name], e))
                continue
            failed.append(name)
            print("FAIL %s\n%s" % (name, traceback.format_exc()))
        sys.stdout.flush()
    print("Conformance: %d passed, %d failed" % (passed, len(failed)))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
