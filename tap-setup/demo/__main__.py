"""The demo: see --help."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

import build
import cluster
import inrow
import matrix
import report
import services
import timeline
from common import TARGET, DemoError, bytes_text, say
from lab import Lab
from options import parse
from stage import Stage


def main():
    if "--matrix" in sys.argv[1:]:
        return run_matrix([argument for argument in sys.argv[1:] if argument != "--matrix"])
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    out = Path(options.out).absolute() if options.out else TARGET / "demo"
    try:
        build.check_tools(options)
        build.build()
        cluster.check_commands(options)
        return 0 if show(options, out) else 1
    except DemoError as e:
        print(f"demo: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130


def run_matrix(arguments):
    try:
        return matrix.main(arguments)
    except DemoError as e:
        print(f"demo: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130


def show(options, out):
    for stale in ("logs", "result.json", "timeline.svg"):
        path = out / stale
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in out.glob("wire-*.txt"):
        path.unlink()
    (out / "logs").mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix="work-", dir=out))
    lab = Lab(work)
    hosts = "".join(f", -{name}" for name in cluster.names(options))
    try:
        say(f"== the lab ({lab.environment['HOLDFAST_LAB_PREFIX']}-client{hosts}, -third), the content "
            f"({bytes_text(options.size)} a transfer)" + (", the keys" if options.tls or options.mode != "off" else ""))
        lab.up(options.hosts)
        if options.no_flood:
            lab.stop_flooding()
        keys = None
        if options.mode != "off" and not options.plain:
            keys = cluster.Keys(work / "keys", cluster.names(options))
            keys.make()
        service = services.create(options, work)
        if options.rate and service.paced_by_link:
            lab.pace(options.rate * options.clients)
        service.prepare()
        if options.hosts > 2:
            return inrow.show(options, lab, service, keys, work, out)
        results, chosen = rounds(options, lab, service, keys, work, out)
        picture = out / "timeline.svg" if timeline.draw(chosen, options, out / "timeline.svg") else None
        return report.conclude(options, results, out, picture)
    finally:
        # The lab is removed, whatever happens now.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        lab.down()
        if options.keep:
            say(f"   left in place: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
        build.give_to_caller(out)


def rounds(options, lab, service, keys, work, out):
    say(f"== {options.service} ({options.server}, {options.client}), {options.direction}, "
        f"{options.clients} client{'s' if options.clients > 1 else ''}, mode {options.mode}, fault {options.fault}, "
        f"{options.rounds} round{'s' if options.rounds > 1 else ''}")
    report.header(options.mode)
    results = []
    stages = []
    for number in range(1, options.rounds + 1):
        stage = Stage(options, lab, service, keys, work, out, number)
        results.append(stage.run())
        report.row(results[-1], options.mode)
        stage.clean()
        stages.append(stage)
    stages.sort(key=Stage.typical_stall)
    return results, stages[(len(stages) - 1) // 2]


if __name__ == "__main__":
    sys.exit(main())
