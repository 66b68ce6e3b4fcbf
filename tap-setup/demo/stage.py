"""A round: fresh servers, a capture, all clients at once, the fault in the middle, and what came of it."""

import json
import random
import shutil
import statistics
import sys
import time
from pathlib import Path

import faults
import flows
from capture import HEADER_BYTES, WHOLE_BYTES, Capture
from cluster import Cluster, last_failover, phases, went_alone_ns
from common import SERVICE, DemoError, is_terminal, say, wait_for
from lab import octets
from wire import WireCheck
from witness import Witness

TOOL = Path(__file__).resolve().parent / "clients.py"
POLL_S = 0.001
# Processors are what many clients need.
MANY_POLL_S = 0.005
SHOWN_EVERY_S = 0.1
# After the last byte: a reset that comes late is still one, and tcpdump gets its frames up to a second late.
LINGER_S = 1.3
ROLES_LIMIT_S = 10
ALONE_ASKED = 10
ROLES_POLL_S = 0.02


class Strike:
    """Begun at at_ns; what ended after struck_ns, later if it takes a command, counts as after the fault."""

    def __init__(self, name, at_ns, fraction):
        self.name = name
        self.at_ns = at_ns
        self.struck_ns = at_ns
        self.fraction = fraction


class Stage:
    def __init__(self, options, lab, service, keys, work, out, number):
        self.options = options
        self.lab = lab
        self.service = service
        self.out = out
        self.number = number
        self.directory = work / f"round-{number}"
        self.directory.mkdir()
        self.cluster = Cluster(options, lab, service, keys, self.directory, out / "logs", f"round-{number}")
        self.witness = Witness(lab, self.directory, out / "logs" / f"round-{number}-zookeeper.log") if options.witness else None
        self.moment = random.Random(options.seed * 1000 + number).uniform(0.3, 0.6)
        self.strikes = []
        self.notes = []
        self.complaints = []
        self.remarks = []
        self.protected_again_s = None
        self.transfers = []
        self.last_in_charge = "a"
        self.detect_ms = 0
        self.clients = None
        self.wire = None
        self.shown = 0.0
        self.alone = []

    def run(self):
        """Returns the round's result, ready for JSON; besides, the traffic for the picture."""
        try:
            if self.options.check:
                self.wire = WireCheck(self.options, self.lab, self.directory)
            if self.witness:
                self.witness.start()
            self.cluster.start()
            self.capture = Capture(self.lab, "client", "eth0", self.directory / "client.pcap",
                                   self.directory / "tcpdump.log", WHOLE_BYTES if self.options.check else HEADER_BYTES,
                                   f"host {SERVICE}")
            self.start_clients()
            try:
                faults.FAULTS[self.options.fault](self)
            except faults.Missed as e:
                self.complain(str(e))
            self.await_clients()
            time.sleep(LINGER_S)
            self.capture.stop()
            if self.wire:
                self.wire.stop()
            self.alone = self.ask_alone()
            failover = self.ask_failover()
        finally:
            self.clear_line()
            if self.clients:
                self.clients.end()
            self.cluster.close()
            if self.witness:
                self.witness.close()
        return self.judge(failover)

    # --- the clients ---

    def start_clients(self):
        got = self.directory / "got"
        got.mkdir()
        self.transfers = self.service.transfers(got)
        specification = self.directory / "clients.json"
        specification.write_text(json.dumps([{"id": i, "argv": [str(a) for a in t.command], "stdout": str(t.output)}
                                             for i, t in enumerate(self.transfers)]))
        self.total = sum(transfer.size for transfer in self.transfers)
        self.octets_before = sum(octets(self.capture.process))
        self.began_ns = time.time_ns()
        self.clients = self.lab.start("client", [sys.executable, "-B", TOOL, specification],
                                      self.directory / "clients.log")

    def fraction(self):
        """How much of all transfers is done, as the client's interface has carried; 1 when all clients have ended."""
        if not self.clients.alive():
            return 1.0
        return min(0.999, (sum(octets(self.capture.process)) - self.octets_before) / self.total)

    def wait_until(self, fraction, seconds):
        """Whether it was reached in time, with clients still at work."""
        end = time.monotonic() + seconds
        while True:
            reached = self.fraction()
            self.show(reached)
            if reached >= fraction:
                return reached < 1
            if time.monotonic() > end:
                return False
            time.sleep(MANY_POLL_S if self.options.many else POLL_S)

    def await_clients(self):
        if not self.wait_until(1, self.options.limit) and self.clients.alive():
            self.clients.end()
        self.ended_ns = time.time_ns()
        for line in self.clients.output().splitlines():
            if line.startswith("{"):
                told = json.loads(line)
                transfer = self.transfers[told["id"]]
                transfer.status, transfer.seconds, transfer.error = told["status"], told["seconds"], told["error"]

    # --- the fault ---

    def await_moment(self, fraction):
        """Until so much is done. Returns the names of the host that leads and of the one that protects it (None in mode off):
        a leader that was held up may have been taken for dead, and the fault is for whoever leads, once it is protected."""
        if not self.wait_until(fraction, self.options.limit):
            raise faults.Missed("the transfers ended before the fault: raise --size, or set --rate")
        if self.options.mode == "off":
            return "a", None
        end = time.monotonic() + ROLES_LIMIT_S
        while True:
            for leader, backup in (("a", "b"), ("b", "a")):
                if self.cluster.node(leader).leads_protected():
                    self.detect_ms = self.cluster.node(leader).status()["detection"]["inForceMs"]
                    self.last_in_charge = backup if faults.moves(self.options.fault, self.options.mode) else leader
                    return leader, backup
            if time.monotonic() > end:
                raise faults.Missed(f"no host has led with a protecting backup for {ROLES_LIMIT_S} s: a host that lived was taken "
                                    "for dead, and has not come back")
            time.sleep(ROLES_POLL_S)

    def strike(self, name, action):
        """@param action: may return when it took effect"""
        fraction = self.fraction()
        if fraction >= 1:
            raise faults.Missed(f"{name}: the transfers ended before: raise --size, or set --rate")
        strike = Strike(name, time.time_ns(), fraction)
        self.strikes.append(strike)
        strike.struck_ns = action() or strike.at_ns

    def wait_to_heal(self, seconds):
        """Waits until half of the rest is done, by the host that took over, within a time limit."""
        self.wait_until((self.fraction() + 1) / 2, seconds)

    def await_protection(self, name):
        """Once the cut link is whole again, a failure must be survived again."""
        try:
            self.cluster.node(name).await_protecting()
            self.note(f"{name} protects")
        except DemoError as e:
            self.complain(f"not protected again: {e}")

    def check_protection(self, name):
        """Every connection that still moves bytes must be protected, as its primary says."""
        if self.fraction() >= 1:
            self.complain("the transfers ended before there was a new backup: raise --size, or set --rate")
            return
        counts = self.cluster.node(name).status()["connections"]
        if counts["protected"] < 1 or counts["catchingUp"] or counts["unprotected"]:
            self.complain(f"{name} counts {counts['protected']} connections as protected, {counts['catchingUp']} as catching up, "
                          f"{counts['unprotected']} as unprotected")

    def await_role(self, name, role):
        """Whether the host has come to play it; complains if not."""
        node = self.cluster.node(name)
        if wait_for(lambda: node.status()["role"] == role, 10, 0.1):
            self.note(f"{name} is {role}")
            return True
        self.complain(f"{name} is {node.status()['role']}, not {role}")
        return False

    def note(self, text):
        self.notes.append((time.time_ns(), text))

    def complain(self, text):
        self.complaints.append(text)

    def in_charge(self):
        """The host that has the address at the end."""
        return self.last_in_charge

    def ask_failover(self):
        """The last failover, as the new primary saw it."""
        if not faults.switches(self.options.fault, self.options.mode):
            return {}
        try:
            return last_failover(self.cluster.node(self.in_charge()).status())
        except DemoError as e:
            self.complain(f"no status from {self.last_in_charge}: {e}")
            return {}

    def ask_alone(self):
        """Hosts that went on without a backup, with times: the wire checker cannot see that if the backup had fallen silent."""
        told = []
        for name, node in self.cluster.nodes.items():
            try:
                # It counts back from when it answers, which a busy host does late: the earliest time is the best.
                times = [went_alone_ns(node.status()) for _ in range(ALONE_ASKED)] if self.wire and self.wire.links else []
                told += [(name, min(same)) for same in zip(*times)]
            except DemoError:
                continue  # it is dead
        return told

    # --- the judgement ---

    def judge(self, failover):
        options = self.options
        home = self.directory / self.last_in_charge / "home"
        for transfer in self.transfers:
            transfer.conclude(home)
        strikes = [strike.struck_ns for strike in self.strikes]
        self.failover = failover
        self.traffic = traffic = flows.read(self.capture.path, SERVICE, strikes)
        directions = ("download", "upload") if options.direction == "both" else (options.direction,)
        self.stalls, quiet = flows.stalls(traffic, self.service.content.size, strikes, directions)
        if traffic.resets:
            self.complain(f"{traffic.resets} resets from the service address")
        if options.fault != "none" and not self.complaints and any(not found for found in self.stalls):
            self.complain("the fault struck no connection that was moving bytes: raise --size, or set --rate")
        moved = sum(half.bytes for flow in traffic.flows.values() for half in (flow.down, flow.up))
        if moved < sum(transfer.size for transfer in self.transfers if transfer.intact()):
            self.complain("the capture lacks bytes that arrived: nothing can be said of stalls")
        self.judge_switches(len(traffic.hosts) - 1)
        if options.fault in faults.BOUNDS and not self.complaints:
            self.judge_deadline(faults.BOUNDS[options.fault])
        if options.fault == "starve" and len(traffic.hosts) > 1:
            self.complain("a host that lived was taken for dead")
        checked = self.check_wire()
        if checked is False:
            self.complain(f"broken on the wire, see {self.out / f'wire-{self.number}.txt'}")
        intact = sum(transfer.intact() for transfer in self.transfers)
        lost = options.fault in faults.LOST
        if lost:
            self.judge_silence(strikes)
        ends = strikes[1:] + [traffic.end_ns + 1]
        return {
            "round": self.number, "transfers": len(self.transfers), "intact": intact,
            "passed": (lost or intact == len(self.transfers)) and not self.complaints,
            "bytes": moved,
            "seconds": round((self.ended_ns - self.began_ns) / 1e9, 3),
            "sha256": sorted({transfer.sha256 for transfer in self.transfers if transfer.sha256}),
            "resets": traffic.resets, "resetsAfterClose": traffic.late_resets,
            "resetsByClient": traffic.resets_by_client,
            "connections": sum(1 for flow in traffic.flows.values() if flow.syns),
            "retransmittedByServer": sum(flow.down.again for flow in traffic.flows.values()),
            "capturedFrames": traffic.frames,
            "captureDropped": self.capture.dropped + (self.wire.dropped() if self.wire else 0),
            "longestPauseElsewhereMs": None if quiet is None else round(quiet, 3),
            "faults": [self.fault_result(i, until) for i, until in enumerate(ends[:len(strikes)])],
            "silenceMs": self.detect_ms, "detectionMs": failover.get("detectionMs"), "takeoverMs": failover.get("takeoverMs"),
            "phases": phases(failover), "failover": failover,
            "protectedAgainS": self.protected_again_s,
            "notes": [{"atMs": round((t - self.began_ns) / 1e6, 3), "text": text} for t, text in self.notes],
            "wireCheck": checked,
            "remarks": self.remarks,
            "complaints": self.complaints + sorted({t.fault for t in self.transfers if t.fault})[:10],
        }

    def judge_switches(self, moved):
        """A host held up for too long is taken for dead: that harms no client, but the run then does not show the wanted fault."""
        if self.setting("link.presence", "flooded") == "learned":
            # Both hosts send from the virtual MAC: nobody outside can tell them apart. The new primary's status told of the takeover.
            return
        expected = faults.switches(self.options.fault, self.options.mode)
        if expected and moved < 1:
            self.complain("no other host has spoken for the address")
        elif moved != expected:
            self.remarks.append(f"the address moved {moved} times where {expected} were to be expected: a host that lived was "
                                "taken for dead")

    def judge_deadline(self, bound):
        """A fault may hold clients up for as long as policy says, and no longer. Whatever a new backup costs until the end counts,
        too. A pair that is not punctual detects later than configured, and says so; in mode cold the server has to start, and to do
        again what it did on the other host."""
        detect, solo = (int(self.setting(f"replication.{name}", 100)) for name in ("detect_ms", "solo_ms"))
        most = bound(max(detect, self.detect_ms), solo)
        if self.options.mode == "cold":
            most += sum(phases(self.failover)[step] or 0 for step in ("startMs", "replayMs"))
        worst = max((float("inf") if stall.ms is None else stall.ms for found in self.stalls for stall in found), default=0)
        if worst > most:
            self.complain(f"a client stalled for {worst:.1f} ms, and policy allows {most:.0f}: silence means death after {self.detect_ms:.0f} ms")

    def setting(self, key, default):
        """As --set has it."""
        return dict(line.split("=", 1) for line in self.options.set).get(key, default)

    def judge_silence(self, strikes):
        """After a fault that no transfer survives, no host may send from the address."""
        after = [t for t, _ in self.traffic.hosts[1:]]
        if len(strikes) == 2 and after:
            self.complain(f"another host spoke {(after[0] - strikes[-1]) / 1e6:.1f} ms after the last fault, though it was left "
                          "behind")

    def fault_result(self, number, until):
        strike = self.strikes[number]
        switched = flows.switch_ms(self.traffic, strike.struck_ns, until)
        return {"name": strike.name, "atMs": round((strike.struck_ns - self.began_ns) / 1e6, 3),
                "atPercent": round(strike.fraction * 100, 1),
                "switchMs": None if switched is None else round(switched, 3),
                "stallsMs": [None if stall.ms is None else round(stall.ms, 3) for stall in self.stalls[number]]}

    def check_wire(self):
        """Whether the wire checker finds nothing broken; None if it was not asked."""
        if not self.wire:
            return None
        report = self.out / f"wire-{self.number}.txt"
        holds = self.wire.check(self.capture, self.alone, report)
        if not holds:
            say("\n".join(f"     {line}" for line in report.read_text().splitlines()))
        return holds

    def typical_stall(self):
        """For the choice of the round to draw."""
        known = [stall.ms for found in self.stalls for stall in found if stall.ms is not None]
        return statistics.median(known) if known else float("inf")

    def clean(self):
        if not self.options.keep:
            shutil.rmtree(self.directory)

    # --- progress ---

    def show(self, fraction):
        now = time.monotonic()
        if not is_terminal() or now - self.shown < SHOWN_EVERY_S:
            return
        self.shown = now
        filled = int(fraction * 40)
        struck = ", ".join(strike.name for strike in self.strikes)
        print(f"\r   round {self.number}: [{'#' * filled}{'.' * (40 - filled)}] {fraction * 100:3.0f} % {struck}\033[K",
              end="", flush=True)

    @staticmethod
    def clear_line():
        if is_terminal():
            print("\r\033[K", end="", flush=True)
