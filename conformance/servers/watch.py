"""Observations while a client works: its answers as they arrive, and the primary's statements about itself."""

import re
import threading
import time

ANSWER = re.compile(rb"^op (\S+) (\d+(?:\.\d+)?)\s*$")
TAIL_S = 0.02
ASK_S = 0.1
# A remark in passing, while a connection is made or closed, is no statement.
LASTING_S = 0.3


class Answers(threading.Thread):
    """Follows the output of one client, and notes when each answer came."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log = log
        self.times = []
        self.longest_ms = 0.0
        self.ending = threading.Event()
        self.rest = b""

    def run(self):
        with open(self.log, "rb") as file:
            while True:
                last = self.ending.is_set()
                self.take(file.read())
                if last:
                    return
                time.sleep(TAIL_S)

    def take(self, data):
        now = time.monotonic()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if found := ANSWER.match(line):
                self.times.append(now)
                self.longest_ms = max(self.longest_ms, float(found[2]))

    def longest_silence(self, since, until):
        """Seconds between two answers, at most, from one moment to another."""
        times = [since, *(t for t in list(self.times) if since < t < until), until]
        return max(b - a for a, b in zip(times, times[1:]))

    def forget_longest(self):
        """The longest answer so far, in seconds; from now on only later ones count."""
        longest, self.longest_ms = self.longest_ms / 1000, 0.0
        return longest

    def stop(self):
        self.ending.set()
        self.join()


class Statements(threading.Thread):
    """What the primary says of connections that would not survive it, or of why it is not ready, from now until the kill."""

    def __init__(self, host):
        super().__init__(daemon=True)
        self.host = host
        self.since = {}
        self.said = []
        self.ending = threading.Event()

    def run(self):
        while not self.ending.wait(ASK_S):
            self.ask()

    def ask(self):
        status = self.host.state()
        if status is None:
            return
        now = time.monotonic()
        current = statements(status)
        for key in list(self.since):
            if key not in current:
                del self.since[key]
        for key, text in current.items():
            began = self.since.setdefault(key, now)
            if now - began >= LASTING_S:
                self.note(text, now)

    def note(self, text, now):
        if text not in (known for _, known in self.said):
            self.said.append((now, text))

    def stop(self):
        """The last question, at the moment of the kill: its answer counts, however new it is."""
        self.ending.set()
        self.join()
        status = self.host.state()
        now = time.monotonic()
        for text in (statements(status) if status else {}).values():
            self.note(text, now)
        return status


def statements(status):
    """By what they are about."""
    found = {}
    if not status.get("ready"):
        found["ready"] = f"not ready: {status.get('missing')}"
    connections = status["connections"]
    for one in connections["list"]:
        if one["state"] == "unprotected":
            found[one["remote"]] = f"{one['local']} <- {one['remote']} unprotected: {one['reason']}"
    if connections["unprotected"] and not any(key != "ready" for key in found):
        found["connections"] = f"{connections['unprotected']} connections unprotected"
    return found
