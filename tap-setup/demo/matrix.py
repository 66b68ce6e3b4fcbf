"""demo.sh --matrix: every fault in every mode with every service, one demo run each, and what came of them."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from html import escape
from pathlib import Path

import build
from common import ROOT, TARGET, say
from options import NEED_WITNESS, RESTARTS, Parser, size

DEMO = str(ROOT / "tap-setup" / "demo.sh")
# The first are the three; file is both FTP and SFTP.
SERVICES = {"web": ["--service", "web"], "ftp": ["--service", "file", "--server", "ftp"],
            "sftp": ["--service", "file", "--server", "sftp"], "stream": ["--service", "stream"],
            "jetty": ["--service", "web", "--server", "jetty"], "web-tls": ["--service", "web", "--tls"],
            "ftp-tls": ["--service", "file", "--server", "ftp", "--tls"],
            "lftp": ["--service", "file", "--server", "ftp", "--client", "lftp"]}
DEFAULT_SERVICES = ("web", "ftp", "sftp", "stream")
MODES = ("hot", "cold", "resume")
FAULTS = ("kill", "freeze", "cut", "switchover", "kill-backup", "double")
# What may split the two hosts; the service makes no difference there.
SPLITS = ("power-primary", "power-backup", "lan-primary", "lan-backup", "device-gone", "cut-replication", "cut-backup", "starve",
          "stale", *NEED_WITNESS)
# Of media a run must outlast its fault; double lasts long enough for a host to come back.
STREAM_SECONDS, STREAM_DOUBLE_SECONDS = 10, 35
CELL_LIMIT_S = 240
COLUMNS = (("service", -8), ("mode", -6), ("fault", -15), ("verdict", -11), ("intact", 6), ("resets", 6), ("stall ms", 9),
           ("switch", 8), ("detect", 8), ("takeover", 8), ("again s", 7), ("wire", -6), ("took s", 6))

EPILOG = f"""
Runs demo.sh once for each: {', '.join(DEFAULT_SERVICES)} in modes {', '.join(MODES)} through {', '.join(FAULTS)}, and web
through {', '.join(SPLITS)} besides; with transfers both ways where the service can. Goes on after a failure. What
cannot be is listed with its reason, as not supported. The replication link is plain, unless --tls-link says otherwise, so
that the wire checker can read there what the backup had stored.

Writes matrix.json, matrix.html and each run's own results to target/demo/matrix. Exit status: 0 if all that is supported
passed, 1 if not, 64 for a wrong option.
"""


def unsupported(service, mode, fault):
    """Why there can be no such run; None if there can."""
    if mode == "resume":
        return "resume needs a server that takes its connections back; those here are unmodified"
    return None


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    out = Path(options.out).absolute() if options.out else TARGET / "demo" / "matrix"
    out.mkdir(parents=True, exist_ok=True)
    build.build()
    cells = list(choose(options))
    runs = sum(1 for cell in cells if not unsupported(*cell))
    say(f"== {len(cells)} cells, {runs} runs of {options.size >> 20} MiB a transfer")
    say("   " + "  ".join(name.ljust(-width) if width < 0 else name.rjust(width) for name, width in COLUMNS))
    results = []
    for cell in cells:
        results.append(run(options, out, *cell))
        row(results[-1])
        write(options, out, results)
    build.give_to_caller(out)
    return conclude(results, out)


def parse(arguments):
    parser = Parser(prog="demo.sh --matrix", description="Every fault x mode x service, once.", epilog=EPILOG,
                    formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    add = parser.add_argument
    some = lambda known: lambda text: one_of(known, text)
    add("--services", type=some(SERVICES), metavar="LIST", help=f"of {', '.join(SERVICES)} ({','.join(DEFAULT_SERVICES)})")
    add("--modes", type=some(MODES), default=MODES, metavar="LIST", help=f"({','.join(MODES)})")
    add("--faults", type=some(FAULTS + SPLITS), metavar="LIST", help="(all)")
    add("--size", type=size, default=64 << 20, metavar="BYTES", help="of each transfer (64M)")
    add("--rate", type=size, default=16 << 20, metavar="BYTES",
        help="a second, to which each transfer is held (16M; less where the fault needs it)")
    add("--tls-link", action="store_true", help="TLS on the replication link, as it is by default outside of here")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a further line of the hosts' configuration")
    add("--out", metavar="DIRECTORY", help="where results go (target/demo/matrix)")
    return parser.parse_args(arguments)


def one_of(known, text):
    chosen = tuple(text.split(","))
    for name in chosen:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name}: one of {', '.join(known)}")
    return chosen


def choose(options):
    """Service, mode and fault of each cell. Faults that were asked for are run with every service."""
    for service in options.services or DEFAULT_SERVICES:
        splits = SPLITS if service == (options.services or DEFAULT_SERVICES)[0] else ()
        for mode in options.modes:
            for fault in options.faults or FAULTS + splits:
                yield service, mode, fault


def command(options, out, service, mode, fault):
    arguments = [DEMO, *SERVICES[service], "--mode", mode, "--fault", fault, "--check", "--out", str(out), "--limit", "90"]
    if service == "stream":
        arguments += ["--seconds", str(STREAM_DOUBLE_SECONDS if fault == "double" else STREAM_SECONDS)]
    else:
        # A switchover's command has to start first, and a double needs a host to come back: demo.sh knows how long.
        paced = [] if fault in (*RESTARTS, "switchover") else ["--rate", str(options.rate)]
        arguments += ["--size", str(options.size), "--direction", "both", *paced]
    if fault in NEED_WITNESS:
        arguments.append("--witness")
    return arguments + ([] if options.tls_link else ["--plain"]) + [f"--set={line}" for line in options.set]


def run(options, out, service, mode, fault):
    cell = {"service": service, "mode": mode, "fault": fault}
    reason = unsupported(service, mode, fault)
    if reason:
        return dict(cell, verdict="unsupported", reason=reason)
    directory = out / f"{service}-{mode}-{fault}"
    directory.mkdir(exist_ok=True)
    result = directory / "result.json"
    result.unlink(missing_ok=True)
    began = time.monotonic()
    with open(directory / "demo.log", "w") as log:
        # A session of its own: a Ctrl-C reaches this process alone, which ends the run in order.
        process = subprocess.Popen(command(options, directory, service, mode, fault), stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env=dict(os.environ, PYTHONUNBUFFERED="1"))
        try:
            status = process.wait(CELL_LIMIT_S)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            end(process)
    cell.update(tookS=round(time.monotonic() - began, 1), directory=directory.name)
    if status is None or not result.exists():
        last = (directory / "demo.log").read_text(errors="replace").strip().splitlines()[-1:]
        what = f"no verdict after {CELL_LIMIT_S} s" if status is None else f"could not be run ({status})"
        return dict(cell, verdict="failed", reason=f"{what}: {' '.join(last)[-300:]}")
    told = json.loads(result.read_text())["rounds"][0]
    return dict(cell, verdict="passed" if status == 0 else "failed", reason="; ".join(told["complaints"] + told["remarks"]),
                result=told)


def end(process):
    """Lets the run tear its lab down."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                continue


# --- output ---

def stalls(told):
    known = [stall for one in told["faults"] for stall in one["stallsMs"]]
    return None if not known else "never" if None in known else f"{max(known):.1f}"


def switch(told):
    known = [one["switchMs"] for one in told["faults"] if one["switchMs"] is not None]
    return f"{max(known):.1f}" if known else None


def number(value):
    return None if value is None else f"{value:.1f}"


def cells_of(result):
    told = result.get("result")
    if not told:
        return (result["service"], result["mode"], result["fault"], result["verdict"], None, None, None, None, None, None, None,
                None, number(result.get("tookS")))
    return (result["service"], result["mode"], result["fault"], result["verdict"], f"{told['intact']}/{told['transfers']}",
            told["resets"], stalls(told), switch(told), number(told["detectionMs"]), number(told["takeoverMs"]),
            number(told["protectedAgainS"]), {True: "holds", False: "BROKEN", None: None}[told["wireCheck"]],
            number(result["tookS"]))


def row(result):
    texts = ["-" if cell is None else str(cell) for cell in cells_of(result)]
    say("   " + "  ".join(text.ljust(-width) if width < 0 else text.rjust(width)
                          for text, (_, width) in zip(texts, COLUMNS)))
    if result["reason"]:
        say(f"     {'!' if result['verdict'] == 'failed' else '-'} {result['reason']}")


def write(options, out, results):
    """Writes the results after every cell, so that an early end loses none."""
    (out / "matrix.json").write_text(json.dumps({"options": vars(options), "cells": results}, indent=2) + "\n")
    lines = []
    for result in results:
        texts = ["-" if cell is None else escape(str(cell)) for cell in cells_of(result)]
        if "result" in result:
            texts[3] = f'<a href="{result["directory"]}/timeline.svg">{texts[3]}</a>'
        lines.append(f'<tr class="{result["verdict"]}"><td>' + "</td><td>".join(texts)
                     + f"</td><td>{escape(result['reason'] or '')}</td></tr>")
    heads = "".join(f"<th>{escape(name)}</th>" for name, _ in COLUMNS)
    (out / "matrix.html").write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Every fault, mode and service</title><style>'
        "body { font: 14px sans-serif } td, th { padding: 2px 8px; text-align: left } .passed { background: #dcfce7 } "
        ".failed { background: #fee2e2 } .unsupported { color: #6b7280 }</style>"
        f"<table><tr>{heads}<th></th></tr>\n" + "\n".join(lines) + "\n</table></html>\n")


def conclude(results, out):
    count = {verdict: sum(1 for result in results if result["verdict"] == verdict)
             for verdict in ("passed", "failed", "unsupported")}
    say(f"== {count['passed']} passed, {count['failed']} failed, {count['unsupported']} not supported")
    for result in results:
        if result["verdict"] == "failed":
            say(f"   failed: {result['service']} {result['mode']} {result['fault']}: {result['reason']}")
    say(f"   {out / 'matrix.json'}\n   {out / 'matrix.html'}")
    return 0 if count["passed"] and not count["failed"] else 1
