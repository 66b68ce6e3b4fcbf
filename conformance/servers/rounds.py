"""One kill of one server's primary, and its result."""

import os
import random
import shutil
import signal
import time

from cluster import last_failover, phases
from common import SERVICE, DemoError, run, wait_for
from pair import NotReady, Pair
from watch import Answers, Statements

EARLIEST_S, LATEST_S = 1.5, 3.0
FIRST_ANSWER_S = 30
# A host that says it is ready listens; time for which that may be wrong.
LISTENING_S = 15
# Least time for which the clients go on after the kill; they also go on until they have got an answer again.
AFTERWARDS_S = 1.5
# Time without an answer after which a client is given up; in mode cold the new host's server has to start first.
PATIENCE_S = {"hot": 8, "cold": 25}
# Beyond the failover's own time.
HANG_S = 2.0
# Of clients with a fixed length of work: the part of it after which the kill falls.
PARTS = (0.25, 0.6)
# Of a client's output: answers, and the lines of a Java stack trace.
NOT_A_CAUSE = ("op ", "\t", " ")
SURVIVED, DETECTED, NEITHER = "survives", "detected and said", "neither"


class Missed(DemoError):
    """The clients' work was over before the kill, or never began."""


class Stage:
    """A fresh pair, clients, a kill."""

    def __init__(self, options, lab, server, keys, work, number):
        self.options = options
        self.lab = lab
        self.server = server
        self.number = number
        self.random = random.Random(f"{options.seed} {server.name} {number}")
        self.directory = work / f"{server.name}-{number}"
        self.directory.mkdir()
        self.logs = self.directory / "logs"
        self.logs.mkdir()
        self.pair = Pair(options, lab, server, keys, self.directory, self.logs)
        self.until = self.directory / "until"
        self.events = []
        self.began = time.monotonic()
        self.clients = []
        self.capture = None
        self.hung = False

    def run(self):
        """The result, ready for JSON."""
        result = {"kill": self.number, "server": self.server.name, "mode": self.options.mode}
        try:
            try:
                self.pair.start()
            except NotReady as e:
                if e.claimed:
                    return dict(result, verdict=NEITHER, complaints=[f"the primary says that it is ready, and it is not: {e}"],
                                said=[], events=self.events)
                return dict(result, verdict=DETECTED, complaints=[], said=[f"never ready: {e}"], events=self.events)
            self.note("ready on both hosts")
            if not self.pair.await_listening(LISTENING_S):
                return dict(result, verdict=NEITHER, complaints=["says that it is ready, and listens on nothing"], said=[],
                            events=self.events)
            self.note("both listen")
            return dict(result, **self.strike())
        finally:
            for process, answers in self.clients:
                end_client(process)
                answers.stop()
            if self.capture:
                self.capture.end()
            self.pair.close()

    def note(self, text):
        self.events.append({"ms": round((time.monotonic() - self.began) * 1000), "what": text})

    # --- the fault ---

    def strike(self):
        self.probe()
        self.start_capture()
        watching = Statements(self.pair.primary)
        watching.start()
        self.start_clients()
        self.await_moment()
        last = watching.stop()
        before = max(answers.forget_longest() for _, answers in self.clients)
        self.pair.primary.kill()
        self.killed = time.monotonic()
        self.note(f"killed {self.pair.primary.name} after {self.count()} answers")
        ended = self.await_clients()
        self.capture.end()
        self.note(f"the clients ended after {self.count()} answers")
        after = self.pair.backup.state()
        failover = last_failover(after or {})
        complaints = self.judge(ended, after, failover)
        if not complaints:
            complaints += self.check()
        said = [f"{round((self.killed - at) * 1000)} ms before the kill: {text}" for at, text in watching.said]
        return {"verdict": SURVIVED if not complaints else DETECTED if said else NEITHER, "complaints": complaints, "said": said,
                "answers": self.count(), "resets": self.resets(), "longestPauseMs": round(self.longest_pause() * 1000),
                "longestBeforeMs": round(before * 1000), "hung": self.hung,
                "failover": phases(failover), "events": self.events, "statusBefore": last, "statusAfter": after}

    def probe(self):
        command = self.server.probe()
        if command is None:
            return
        log = self.logs / "probe.log"
        end = time.monotonic() + self.server.start_s
        while True:
            process = self.lab.start("client", command, log)
            wait_for(lambda: not process.alive(), 20, 0.02)
            if not process.alive() and process.popen.returncode == 0:
                break
            process.end(signal.SIGKILL)
            if time.monotonic() > end:
                raise DemoError(f"it listens and does not serve: {process.output()[-1000:]}")
            time.sleep(0.2)
        self.pair.await_ready(self.server.start_s)
        self.note("serves")

    def start_capture(self):
        """Of how connections begin and break, not of their data."""
        log = self.logs / "tcpdump.log"
        command = ["tcpdump", "-i", "eth0", "-n", "--immediate-mode", "-U", "-s", "120", "-w", self.logs / "ends.pcap",
                   "arp or icmp or tcp[tcpflags] & (tcp-syn|tcp-rst) != 0"]
        self.capture = self.lab.start("client", command, log)
        wait_for(lambda: not self.capture.alive() or "listening on" in self.capture.output(), 10, 0.01)

    def resets(self):
        """How many came from the service address. Some are due: a client that closes with bytes unread provokes them."""
        return run(["tcpdump", "-n", "-r", self.logs / "ends.pcap", f"src host {SERVICE} and tcp[tcpflags] & tcp-rst != 0"],
                   "tcpdump").count("Flags [R")

    def start_clients(self):
        self.work = self.server.clients(self.until, self.directory)
        for number, work in enumerate(self.work):
            log = self.logs / f"client-{number}.log"
            process = self.lab.start("client", work.command, log)
            answers = Answers(log)
            answers.start()
            self.clients.append((process, answers))
        self.note("clients started")

    def await_moment(self):
        if not wait_for(lambda: self.over() or all(answers.times for _, answers in self.clients), FIRST_ANSWER_S, 0.01):
            raise Missed(f"no answer within {FIRST_ANSWER_S} s: {self.outputs()}")
        self.note("every client has an answer")
        first = time.monotonic()
        moment = first + self.random.uniform(EARLIEST_S, LATEST_S)
        part = self.random.uniform(*PARTS)

        def reached():
            fixed = [(work, answers) for work, (_, answers) in zip(self.work, self.clients) if work.ops]
            if fixed:
                return all(len(answers.times) >= part * work.ops for work, answers in fixed)
            return time.monotonic() >= moment
        wait_for(lambda: self.over() or reached(), 60, 0.005)
        if self.over():
            # That a client ends early is its verdict on a server that has not been harmed yet.
            raise Missed(f"a client ended before the kill: {self.outputs()}")

    def over(self):
        return any(not process.alive() for process, _ in self.clients)

    def count(self):
        return sum(len(answers.times) for _, answers in self.clients)

    def outputs(self):
        return " | ".join(process.output().strip()[-600:] for process, _ in self.clients)

    def await_clients(self):
        """Whether all have ended by themselves."""
        while any(process.alive() for process, _ in self.clients):
            now = time.monotonic()
            running = [answers for process, answers in self.clients if process.alive()]
            latest = [max(self.killed, answers.times[-1]) for answers in running]
            if now >= self.killed + AFTERWARDS_S and all(t > self.killed for t in latest):
                self.until.touch()
            if now - min(latest) > PATIENCE_S[self.options.mode] + self.server.quiet_s:
                break
            time.sleep(0.02)
        ended = all(not process.alive() for process, _ in self.clients)
        self.ended = time.monotonic()
        for process, answers in self.clients:
            end_client(process)
            answers.stop()
        return ended

    # --- the judgement ---

    def longest_pause(self):
        """Of any client after the kill, in seconds: between two answers, or within one."""
        def silence(process, answers):
            well = process.popen.returncode == 0 and answers.times and answers.times[-1] > self.killed
            return answers.longest_silence(self.killed, answers.times[-1] if well else self.ended)
        return max(max(silence(*client), client[1].longest_ms / 1000) for client in self.clients)

    def judge(self, ended, after, failover):
        complaints = []
        for number, (process, answers) in enumerate(self.clients):
            if process.popen.returncode != 0:
                lines = [line for line in process.output().splitlines() if line.strip() and not line.startswith(NOT_A_CAUSE)]
                complaints.append(f"client {number}: " + (lines[-1][:300] if lines else f"status {process.popen.returncode}")
                                  if ended else f"client {number} hangs: no answer for {self.silent(answers):.1f} s")
        took = own_time(failover)
        pause = self.longest_pause()
        self.hung = pause > took + HANG_S + self.server.quiet_s
        if self.hung:
            complaints.append(f"a client waited for {pause:.1f} s, where the failover took {took:.1f} s")
        if not self.pair.backup.process.alive():
            complaints.append("the new primary's server has ended")
        elif not after or after["role"] not in ("PRIMARY", "SOLO"):
            complaints.append(f"the other host does not lead: {after and (after['role'], after['reasonText'])}")
        return complaints

    def silent(self, answers):
        return self.ended - max(self.killed, answers.times[-1] if answers.times else self.killed)

    def check(self):
        """What the server now in charge has."""
        try:
            return list(self.server.check(self))
        except DemoError as e:
            return [str(e)]

    def ask(self, command, limit=20):
        """Runs a command of the client's that must succeed; returns its output."""
        log = self.logs / f"check-{len(list(self.logs.iterdir()))}.log"
        process = self.lab.start("client", [str(part) for part in command], log)
        wait_for(lambda: not process.alive(), limit, 0.02)
        if process.alive():
            process.end(signal.SIGKILL)
            raise DemoError(f"the new primary does not answer: {' '.join(map(str, command[-4:]))}: {process.output()[-200:]}")
        if process.popen.returncode != 0:
            raise DemoError(f"asked after the failover: {process.output().strip()[-300:]}")
        return process.output()

    def home(self):
        """Of the server now in charge."""
        return self.pair.backup.home

    def clean(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def end_client(process):
    """With what it has started: a client that hangs may have a curl of its own, which would go on and ask the next server."""
    process.end(signal.SIGKILL)
    try:
        os.killpg(process.popen.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def own_time(failover):
    """What the failover itself took, in seconds: until the new host served, in mode cold until its server had done again
    what the old one's had."""
    steps = [step["ms"] for step in failover.get("steps", []) if step.get("key") in ("serving", "listening", "replayed")]
    return max([*steps, (failover.get("detectionMs") or 0) + (failover.get("takeoverMs") or 0)]) / 1000
