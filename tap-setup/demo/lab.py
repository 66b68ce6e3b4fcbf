"""The lab, and processes in it."""

import os
import signal
import subprocess
import time

from common import ROOT, DemoError, run, wait_for

SCRIPT = str(ROOT / "tap-setup" / "lab.sh")
END_SECONDS = 3
# Two frames of the largest size, and what goes in a tick of the kernel's clock.
MIN_BURST = 131_072
# Of the bridges of the LAN and of both hosts.
SWITCH_PORTS = (("lan", "client"), ("lan", "a"), ("lan", "b"), ("a", "up0"), ("a", "hf0"), ("b", "up0"), ("b", "hf0"))
# What headers add to a stream's bytes.
OVERHEAD = 1.05


class Process:
    """A process in a host. Its number is its own, also where lab.sh needs helpers to get there."""

    def __init__(self, popen, pid_file, log):
        self.popen = popen
        self.log = log
        started = lambda: pid_file.exists() and pid_file.read_text().endswith("\n")
        wait_for(lambda: started() or popen.poll() is not None, 20, pause=0.002)
        if not started():
            popen.kill()
            raise DemoError(f"could not start {popen.args}: {self.output()}")
        self.pid = int(pid_file.read_text())

    def alive(self):
        return self.popen.poll() is None

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def send(self, number):
        if not self.alive():
            raise DemoError(f"process {self.pid} has ended by itself: {self.output()[-2000:]}")
        os.kill(self.pid, number)

    def end(self, number=signal.SIGTERM):
        """Asks it to end, and makes it."""
        for how in (number, signal.SIGKILL):
            if not self.alive():
                return
            try:
                os.kill(self.pid, signal.SIGCONT)
                os.kill(self.pid, how)
            except ProcessLookupError:
                pass
            try:
                self.popen.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                continue


class Lab:
    def __init__(self, work):
        self.work = work
        self.environment = dict(os.environ)
        # A lab of its own, beside others that may stand here.
        self.environment.setdefault("HOLDFAST_LAB_PREFIX", f"d{os.getpid()}")
        self.processes = []
        self.started = False

    def script(self, *arguments):
        return run([SCRIPT, *arguments], f"lab.sh {' '.join(arguments)}", env=self.environment)

    def up(self, hosts=2):
        self.started = True
        self.script("up", "--hosts", str(hosts))

    def down(self):
        for process in reversed(self.processes):
            process.end()
        if self.started:
            self.script("down")

    def pace(self, rate):
        """Limits the clients' link to a number of bytes a second, each way."""
        rate = int(rate * OVERHEAD)
        for host, device in (("lan", "client"), ("client", "eth0")):
            self.script("exec", host, "tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", f"{rate}bps",
                        "burst", str(max(MIN_BURST, rate // 250)), "latency", "20ms")

    def stop_flooding(self):
        """No port of a switch gets a frame that is for a single address which the switch has not learned."""
        for host, device in SWITCH_PORTS:
            self.script("exec", host, "bridge", "link", "set", "dev", device, "flood", "off", "mcast_flood", "on")

    def start(self, host, command, log, environment=None):
        pid_file = self.work / f"{len(self.processes)}.pid"
        wrapped = ["sh", "-c", 'echo $$ >"$0"; exec "$@"', str(pid_file), *(str(part) for part in command)]
        with open(log, "ab") as output:
            # A process group of its own: a Ctrl-C at the terminal reaches the demo alone, which ends the others in order. Not a
            # session: the kernel shares the processors out among sessions first (sched_autogroup), and then lets a JVM's compilers
            # hold up the other host's threads, which may have had more than their session's share, for 50 ms and more.
            popen = subprocess.Popen([SCRIPT, "exec", host, *wrapped], stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT, env=dict(self.environment, **(environment or {})),
                                     preexec_fn=os.setpgrp)
        process = Process(popen, pid_file, log)
        self.processes.append(process)
        return process

    def set_links(self, verb, links):
        """Cuts or mends links, all at once."""
        running = [subprocess.Popen([SCRIPT, verb, link], env=self.environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL) for link in links]
        if any(process.wait(20) for process in running):
            raise DemoError(f"lab.sh {verb} failed")
        return time.time_ns()


def octets(process, device="eth0"):
    """Bytes that a device of the process's host has received and sent."""
    with open(f"/proc/{process.pid}/net/dev") as file:
        for line in file:
            name, _, numbers = line.partition(":")
            if name.strip() == device:
                fields = numbers.split()
                return int(fields[0]), int(fields[8])
    raise DemoError(f"no {device} in the client's host")
