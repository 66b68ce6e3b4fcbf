"""The command line of the survey."""

import argparse
import os
import re
import subprocess
from pathlib import Path

MODES = ("hot", "cold")
DESCRIPTION = """\
Runs real servers, each by its own main and jar, on a protected pair of hosts in the lab, has a client work with them, kills
the primary with kill -9 in the middle, and looks at what the client got. A fresh pair of hosts for every kill. Needs root.

Verdict of a server:
  survives                      after every kill the client's content and counts are right: no reset, and no pause of more than
                                2 s beyond the failover's own
  detected and said             where that is not so, `status` of the primary had said before the kill that a connection is
                                unprotected, or that it is not ready, and why
  neither                       a client lost something that was said to be protected: the exit status is then 1

Results: a table on stdout, target/servers/report.md, target/servers/result.json (every kill with its timeline), and logs of
the kills that were not survived in target/servers/logs."""
EPILOG = """\
environment: JAVA_HOME, unless --java is given; HOLDFAST_LAB_PREFIX names the lab
exit status: 0 every server survives or is said not to, 1 one does neither, 2 the survey could not be run, 130 interrupted"""


def parse(arguments):
    parser = argparse.ArgumentParser(prog="conformance/servers.sh", description=DESCRIPTION, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="servers to run (default: all that this JDK can run)")
    parser.add_argument("--mode", choices=MODES, default="hot", help="replication.mode of the pair (default: %(default)s)")
    parser.add_argument("--java", metavar="HOME", type=Path, help="the JDK that runs the servers")
    parser.add_argument("--kills", type=positive, default=3, metavar="N", help="kills of each server (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N",
                        help="of the moments at which hosts are killed (default: %(default)s)")
    parser.add_argument("--set", action="append", default=[], type=setting, metavar="KEY=VALUE",
                        help="a line more for both hosts' holdfast.properties")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go (default: target/servers)")
    parser.add_argument("--keep", action="store_true", help="keep the logs of the kills that were survived, too")
    parser.add_argument("--list", action="store_true", help="list the servers, and end")
    options = parser.parse_args(arguments)
    if options.java:
        if not (options.java / "bin" / "java").exists():
            parser.error(f"--java: there is no {options.java}/bin/java")
        # Before any module reads it.
        os.environ["JAVA_HOME"] = str(options.java.absolute())
    return options


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def setting(text):
    if not re.fullmatch(r"[a-z_.]+=.*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=VALUE")
    return text


def java_version(java):
    """The feature release: 17, 25."""
    text = subprocess.run([java, "-version"], stderr=subprocess.PIPE, text=True, check=True).stderr
    return int(re.search(r'version "(\d+)', text)[1])
