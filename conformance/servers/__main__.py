"""The survey of servers: see --help."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

import flags

# First, since it chooses the JDK for all other modules.
OPTIONS = flags.parse(sys.argv[1:])
sys.path.append(str(Path(__file__).resolve().parents[2] / "tap-setup" / "demo"))

import build  # noqa: E402
import table  # noqa: E402
from cluster import Keys  # noqa: E402
from common import JAVA, TARGET, DemoError, say  # noqa: E402
from lab import Lab  # noqa: E402
from packages import Kit  # noqa: E402
from rounds import SURVIVED, Stage  # noqa: E402
from server import catalog  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        return survey()
    except DemoError as e:
        print(f"servers: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("servers: interrupted", file=sys.stderr)
        return 130


def survey():
    version = flags.java_version(JAVA)
    servers = chosen(catalog(), version)
    if OPTIONS.list:
        for server in servers:
            say(f"{server.name:<18} {server.title}" + ("" if server.java <= version else f" (needs JDK {server.java})"))
        return 0
    missing = [tool for tool in ("ip", "bridge", "tcpdump", "curl") if not shutil.which(tool)]
    if missing:
        raise DemoError(f"needs {', '.join(missing)}: see tap-setup/check.sh")
    build.build()
    out = OPTIONS.out.absolute() if OPTIONS.out else TARGET / "servers"
    (out / "logs").mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="work-", dir=out))
    lab = Lab(work)
    try:
        lab.up()
        keys = Keys(work / "keys")
        keys.make()
        say(f"== mode {OPTIONS.mode}, JDK {version}, {OPTIONS.kills} kill{'s' if OPTIONS.kills > 1 else ''} each")
        results = []
        for server in servers:
            results.append(one_server(server, lab, keys, work, out))
            # Results are written at once, so that a later interruption loses none.
            table.write(OPTIONS, results, out, version)
    finally:
        # The lab is removed, whatever happens now.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        lab.down()
        shutil.rmtree(work, ignore_errors=True)
        build.give_to_caller(out)
    say()
    table.header()
    for result in results:
        table.row(result)
    say(f"   {out / 'report.md'}, result.json; logs of what was not survived in {out / 'logs'}")
    return table.exit_status(results)


def chosen(servers, version):
    if not OPTIONS.names:
        return [server for server in servers if OPTIONS.list or server.java <= version]
    by_name = {server.name: server for server in servers}
    unknown = [name for name in OPTIONS.names if name not in by_name]
    if unknown:
        raise DemoError(f"there is no server {', '.join(unknown)}: see --list")
    for name in OPTIONS.names:
        if by_name[name].java > version:
            raise DemoError(f"{name} needs JDK {by_name[name].java}: --java")
    return [by_name[name] for name in OPTIONS.names]


def one_server(server, lab, keys, work, out):
    kills = []
    for stale in (out / "logs").glob(f"{server.name}-*"):
        shutil.rmtree(stale)
    try:
        missing = [tool for tool in server.tools if not shutil.which(tool)]
        if missing:
            raise DemoError(f"needs {', '.join(missing)}")
        server.prepare(Kit(server, out / "kits"))
        for number in range(1, OPTIONS.kills + 1):
            stage = Stage(OPTIONS, lab, server, keys, work, number)
            try:
                kill = stage.run()
            except DemoError:
                keep(stage, out)
                raise
            kills.append(kill)
            progress(server, kill)
            if OPTIONS.keep or kill["verdict"] != SURVIVED:
                keep(stage, out)
            stage.clean()
    except DemoError as e:
        say(f"   {server.name}: {e}")
        return table.conclude(server, kills, str(e)[:600])
    return table.conclude(server, kills)


def progress(server, kill):
    details = "; ".join([*kill["complaints"], *kill["said"]])
    resets = f", {kill['resets']} resets" if kill.get("resets") else ""
    pause = f", longest pause {kill['longestPauseMs']} ms" if "longestPauseMs" in kill else ""
    say(f"   {server.name} {kill['kill']} of {OPTIONS.kills}: {kill['verdict']}{pause}{resets}, {kill.get('answers', 0)} answers"
        + (f": {details[:500]}" if details else ""))


def keep(stage, out):
    place = out / "logs" / stage.directory.name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(stage.logs, place)


if __name__ == "__main__":
    sys.exit(main())
