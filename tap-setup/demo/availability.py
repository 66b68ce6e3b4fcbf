"""perf/run.sh soak-availability: see perf/soak-availability.sh."""

import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import build
import cluster
import services
from common import SERVICE, TARGET, DemoError, say, wait_for
from lab import Lab
from options import parse

PROBER = Path(__file__).resolve().parent / "prober.py"
LOOPS = int(os.environ.get("LOOPS", 8))
EVERY_S = int(os.environ.get("EVERY_S", 120))
LOOK_S = 1.0
TAKEOVER_LIMIT_S = 20
PROTECT_LIMIT_S = 300
SIZE = "8M"
# Turns off JDK 17's periodic safepoint, which has no use here, and whose beginning waits for every thread that waits for a processor.
JAVA_FLAGS = ["-XX:+UnlockDiagnosticVMOptions", "-XX:GuaranteedSafepointInterval=0"]


class Soak:
    def __init__(self, lab, pair, prober):
        self.lab = lab
        self.cluster = pair
        self.prober = prober
        self.leader, self.backup = "a", "b"
        self.epoch = pair.node("a").status()["epoch"]
        self.false_takeovers = []
        self.complaints = []
        self.silences = []
        self.late = []
        self.kills = []

    def status(self, name):
        try:
            return self.cluster.node(name).status()
        except DemoError:
            return None  # starved, or ended: whoever wants it asks again

    def look(self):
        """Whether the service is where it was, and what silence counts as death now."""
        for name in (self.leader, self.backup):
            told = self.status(name)
            if not told:
                continue
            if told["epoch"] > self.epoch:
                why = f"{name} is {told['role']}, epoch {told['epoch']}: {told['reasonText']} {told['detail']}".strip()
                say(f"   {clock()}  ! the service moved, though nobody was killed: {why}")
                self.false_takeovers.append(why)
                self.epoch = told["epoch"]
                self.find_leader()
                return
            if name == self.leader:
                self.silences.append(told["detection"]["inForceMs"])
                self.late.append(told["detection"]["worstLateMs"])

    def find_leader(self):
        def found():
            for name, other in (("a", "b"), ("b", "a")):
                told = self.status(name)
                if told and told["role"] in ("PRIMARY", "SOLO") and told["epoch"] >= self.epoch:
                    self.leader, self.backup, self.epoch = name, other, told["epoch"]
                    return True
            return False
        if not wait_for(found, TAKEOVER_LIMIT_S, 0.2):
            raise DemoError("nobody leads")

    def rest(self, until):
        while time.monotonic() < until:
            self.look()
            time.sleep(LOOK_S)

    def kill(self):
        self.cluster.node(self.leader).await_true(lambda: self.cluster.node(self.leader).leads_protected(), "does not lead protected",
                                                  PROTECT_LIMIT_S, 0.2)
        victim, heir, at = self.leader, self.backup, time.time()
        self.cluster.node(victim).kill()

        def took_over():
            told = self.status(heir)
            return told and told["role"] in ("SOLO", "PRIMARY") and told["epoch"] > self.epoch
        if not wait_for(took_over, TAKEOVER_LIMIT_S, 0.05):
            raise DemoError(f"{heir} did not take over from {victim}: {self.status(heir)}")
        told = self.status(heir)
        if told["epoch"] != self.epoch + 1:
            self.complaints.append(f"epoch {self.epoch} became {told['epoch']}")
        self.leader, self.backup, self.epoch = heir, victim, told["epoch"]
        failover = cluster.last_failover(told)
        self.cluster.restart(victim)
        began = time.monotonic()
        while not self.cluster.node(victim).ready():
            if time.monotonic() - began > PROTECT_LIMIT_S or not self.cluster.node(victim).process.alive():
                raise DemoError(f"{victim} does not protect: {self.cluster.node(victim).process.output()[-2000:]}")
            self.look()
            time.sleep(LOOK_S)
        stalls = {kind: self.stall(kind, at, at + 5) for kind in ("request", "download", "upload")}
        self.kills.append({"victim": victim, "at": at, "reason": failover.get("reason"), "detectionMs": failover.get("detectionMs"),
                           "takeoverMs": failover.get("takeoverMs"), "stallMs": stalls,
                           "protectedAgainS": round(time.monotonic() - began, 1)})
        say(f"   {clock()}  kill -9 of {victim}: detected in {failover.get('detectionMs')} ms ({failover.get('reason')}), served in "
            f"{failover.get('takeoverMs')} ms more; clients stood still for " + ", ".join(f"{k} {v} ms" for k, v in stalls.items())
            + f"; protected again after {self.kills[-1]['protectedAgainS']} s")

    def lines(self):
        for line in self.prober.output().splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def stall(self, kind, after, before):
        """The longest that a transfer of that kind stood still and that ended in that time."""
        return max((one["stallMs"] for one in self.lines() if one["kind"] == kind and "stallMs" in one and after < one["at"] < before),
                   default=None)


def clock():
    return time.strftime("%H:%M:%S")


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    options = parse(["--size", SIZE, "--set", "replication.history_limit=1073741824",
                     *(f"--java={flag}" for flag in [*JAVA_FLAGS, *os.environ.get("SOAK_JAVA", "").split()])])
    out = Path(os.environ.get("SOAK_OUT", TARGET / "soak-availability")).absolute()
    shutil.rmtree(out / "logs", ignore_errors=True)
    (out / "logs").mkdir(parents=True)
    build.check_tools(options)
    build.build()
    work = Path(tempfile.mkdtemp(prefix="work-", dir=out))
    lab = Lab(work)
    pair = None
    try:
        lab.up()
        keys = cluster.Keys(work / "keys")
        keys.make()
        service = services.create(options, work)
        service.prepare()
        pair = cluster.Cluster(options, lab, service, keys, work, out / "logs", "soak")
        pair.start()
        say(f"== {minutes:g} minutes, {LOOPS} busy loops on {os.cpu_count()} processors, kill -9 every {EVERY_S} s")
        prober = lab.start("client", [sys.executable, "-B", PROBER, f"{SERVICE}:{service.port}", service.content.path],
                           out / "logs" / "prober.log")
        for i in range(LOOPS):
            lab.start("lan", ["sh", "-c", "while :; do :; done"], out / "logs" / "loops.log")
        soak = Soak(lab, pair, prober)
        began = time.monotonic()
        try:
            due = began + EVERY_S
            while due < began + minutes * 60:
                soak.rest(due)
                soak.kill()
                due += EVERY_S
            soak.rest(began + minutes * 60)
        except DemoError as e:
            soak.complaints.append(str(e))
        return conclude(soak, minutes, out)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        lab.down()
        if pair:
            pair.close()
        shutil.rmtree(work, ignore_errors=True)
        build.give_to_caller(out)


def spread(values):
    return f"{min(values):.0f} to {max(values):.0f} ms, median {statistics.median(values):.0f}" if values else "unknown"


def conclude(soak, minutes, out):
    told = list(soak.lines())
    failed = [one for one in told if "failed" in one]
    done = {one["kind"]: one["done"] for one in told if "done" in one}
    worst = {kind: max((one["stallMs"] for one in told if one["kind"] == kind and "stallMs" in one), default=None) for kind in done}
    for one in failed:
        soak.complaints.append(f"{one['kind']} failed: {one['failed']}")
    if not all(done.get(kind) for kind in ("request", "download", "upload")):
        soak.complaints.append(f"transfers that ended: {done}")
    if not soak.kills:
        soak.complaints.append("nobody was killed: it takes more minutes")
    say(f"== {sum(done.values())} transfers intact ({', '.join(f'{n} {kind}s' for kind, n in done.items())}), {len(failed)} failed; "
        f"{len(soak.kills)} kills masked, {len(soak.false_takeovers)} false takeovers")
    say(f"   silence counted as death after {spread(soak.silences)}; heartbeats of a minute were up to {spread(soak.late)} late")
    say(f"   a kill was detected in {spread([k['detectionMs'] for k in soak.kills if k['detectionMs'] is not None])}, and served "
        f"{spread([k['takeoverMs'] for k in soak.kills if k['takeoverMs'] is not None])} later")
    say("   the longest that a client stood still: " + ", ".join(f"{kind} {ms} ms" for kind, ms in worst.items()))
    for complaint in soak.complaints:
        say(f"   ! {complaint}")
    passed = not soak.complaints and not soak.false_takeovers
    (out / "result.json").write_text(json.dumps({
        "minutes": minutes, "loops": LOOPS, "passed": passed, "kills": soak.kills, "falseTakeovers": soak.false_takeovers,
        "complaints": soak.complaints, "transfers": done, "failed": failed, "longestStallMs": worst,
        "silenceMs": soak.silences, "worstLateMs": soak.late}, indent=2) + "\n")
    say(f"   {out / 'result.json'}\nVERDICT: {'available throughout' if passed else 'NOT AVAILABLE THROUGHOUT'}")
    return 0 if passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DemoError as e:
        print(f"soak-availability: {e}", file=sys.stderr)
        sys.exit(2)
