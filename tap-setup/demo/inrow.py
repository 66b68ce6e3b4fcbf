"""--hosts 3: whoever leads is killed, again and again, while one client downloads; each time the spare takes the backup's place before
the dead host comes back, as the next spare."""

import json
import statistics
import time

import cluster
import flows
from capture import HEADER_BYTES, Capture
from common import SERVICE, DemoError, say, wait_for

NAMES = ("a", "b", "c")
TAKEOVER_LIMIT_S = 20
PROTECT_LIMIT_S = 120
POLL_S = 0.05
COMPARED = 1 << 20


class Row:
    def __init__(self, options, lab, service, keys, work, out):
        self.options = options
        self.lab = lab
        self.service = service
        self.cluster = cluster.Cluster(options, lab, service, keys, work, out / "logs", "row")
        self.capture = None
        self.client = None
        self.got = work / "got"
        self.work = work
        self.rounds = []
        self.strikes = []

    def run(self):
        self.cluster.start()
        self.await_pair(NAMES, "at the beginning")
        self.await_spares(NAMES)
        self.capture = Capture(self.lab, "client", "eth0", self.work / "client.pcap", self.work / "tcpdump.log", HEADER_BYTES,
                               f"host {SERVICE}")
        command = [*self.service.curl(), "-o", self.got, self.service.url("file/content.bin")]
        self.client = self.lab.start("client", command, self.work / "client.log")
        if not wait_for(lambda: self.got.exists() and self.got.stat().st_size > COMPARED, TAKEOVER_LIMIT_S):
            raise DemoError(f"the download does not begin: {self.client.output()}")
        for number in range(1, self.options.rounds + 1):
            self.kill(number)
        # What the last of them served has to be seen, too.
        before = self.got.stat().st_size
        if not wait_for(lambda: self.got.stat().st_size > before + COMPARED, TAKEOVER_LIMIT_S):
            raise DemoError("the download stands still in the end")

    def status(self, name):
        try:
            return self.cluster.node(name).status()
        except DemoError:
            return None  # dead, or too busy to say

    def await_pair(self, names, when):
        """Returns who leads, and who protects it."""
        found = []

        def protected():
            told = {name: self.status(name) for name in names}
            leaders = [name for name, status in told.items() if status and status["role"] == "PRIMARY" and status["ready"]]
            backups = [name for name, status in told.items() if status and status["role"] == "BACKUP" and status["ready"]]
            found[:] = leaders + backups
            return len(leaders) == 1 and len(backups) == 1
        if not wait_for(protected, PROTECT_LIMIT_S, POLL_S):
            raise DemoError(f"not protected {when}: " + "; ".join(
                f"{name} {(self.status(name) or {}).get('role')}, {(self.status(name) or {}).get('missing')}" for name in names))
        return found

    def await_spares(self, names):
        """Until every other host hears every host that is neither primary nor backup."""
        def heard():
            told = [self.status(name) for name in names]
            return all(told) and all(host["heard"] for status in told for host in status["hosts"])
        if not wait_for(heard, PROTECT_LIMIT_S, POLL_S):
            raise DemoError("a host that came back is not heard by the others")

    def kill(self, number):
        leader, backup = self.await_pair(NAMES, f"before kill {number}")
        if not self.client.alive():
            raise DemoError(f"the client has ended before kill {number}: {self.client.output()}; raise --size, or set --rate")
        epoch = self.status(leader)["epoch"]
        at = time.time_ns()
        self.cluster.node(leader).kill()
        self.strikes.append(at)
        rest = [name for name in NAMES if name != leader]

        def taken_over():
            told = self.status(backup)
            return told and told["epoch"] > epoch and told["role"] in ("SOLO", "PRIMARY")
        if not wait_for(taken_over, TAKEOVER_LIMIT_S, POLL_S):
            raise DemoError(f"{backup} did not take over from {leader}: {self.status(backup)}")
        heir, spare = self.await_pair(rest, f"after kill {number}, by the spare")
        protected_s = (time.time_ns() - at) / 1e9
        failover = cluster.last_failover(self.status(heir))
        self.cluster.restart(leader)
        self.cluster.node(leader).await_true(lambda: self.status(leader), "does not answer")
        self.await_spares(NAMES)
        self.rounds.append({"round": number, "killed": leader, "leads": heir, "protects": spare, "epoch": self.status(heir)["epoch"],
                            "detectionMs": failover.get("detectionMs"), "takeoverMs": failover.get("takeoverMs"),
                            "protectedAgainS": round(protected_s, 2), "bytes": self.got.stat().st_size})
        say(f"   {number:3}  kill -9 of {leader}: {heir} leads, epoch {self.rounds[-1]['epoch']}, and {spare}, the spare, protects it after "
            f"{protected_s:.1f} s; then {leader} is back, empty; {self.rounds[-1]['bytes'] >> 20} MiB so far")

    def judge(self):
        """Returns what is wrong."""
        complaints = []
        if not self.client.alive():
            complaints.append(f"the client has ended: {self.client.output()[-500:]}")
        self.client.end()
        time.sleep(1)
        self.capture.stop()
        size = self.got.stat().st_size
        with open(self.got, "rb") as got, open(self.service.content.path, "rb") as sent:
            while block := got.read(COMPARED):
                if block != sent.read(len(block)):
                    complaints.append(f"what arrived differs from what was sent, before byte {got.tell()}")
                    break
        traffic = flows.read(self.capture.path, SERVICE, self.strikes)
        if traffic.resets:
            complaints.append(f"{traffic.resets} resets from the service address")
        connections = sum(1 for flow in traffic.flows.values() if flow.syns)
        if connections != 1:
            complaints.append(f"{connections} connections, not the one")
        found, _ = flows.stalls(traffic, size, self.strikes, ("download",))
        stalls = [stall.ms for one in found for stall in one]
        if len(stalls) != len(self.strikes) or None in stalls:
            complaints.append("a kill struck no connection that was moving bytes, or one that never went on")
        for one, stall in zip(self.rounds, stalls):
            one["stallMs"] = stall
        if self.capture.dropped:
            complaints.append(f"the capture missed {self.capture.dropped} frames")
        return complaints, size, [stall for stall in stalls if stall is not None]


def show(options, lab, service, keys, work, out):
    say(f"== three hosts, {options.rounds} kills of whoever leads, one client that downloads all the time, mode {options.mode}")
    row = Row(options, lab, service, keys, work, out)
    complaints, size, stalls = [], 0, []
    try:
        try:
            row.run()
        except DemoError as e:
            complaints.append(str(e))
        if row.client:
            more, size, stalls = row.judge()
            complaints += more
    finally:
        row.cluster.close()
    again = [one["protectedAgainS"] for one in row.rounds]
    (out / "result.json").write_text(json.dumps({"options": vars(options), "rounds": row.rounds, "bytes": size,
                                                 "complaints": complaints}, indent=2) + "\n")
    if stalls and again:
        say(f"== {len(row.rounds)} of {options.rounds} kills masked, {size >> 20} MiB in one connection; the client stood still for "
            f"{min(stalls):.1f} to {max(stalls):.1f} ms, median {statistics.median(stalls):.1f}; protected again by a spare after "
            f"{min(again):.1f} to {max(again):.1f} s, median {statistics.median(again):.1f}")
    for complaint in complaints:
        say(f"   ! {complaint}")
    say(f"   {out / 'result.json'}")
    passed = not complaints and len(row.rounds) == options.rounds
    say(f"VERDICT: {'intact' if passed else 'NOT INTACT'}")
    return passed
