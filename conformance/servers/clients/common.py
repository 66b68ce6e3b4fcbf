"""What the survey's clients share: deterministic content, and a line for every answer that is there and right."""

import os
import sys
import time

BLOCK = 65_536


def content(size, seed):
    """As HttpApp.content has it."""
    block = bytes((i * 31 + (i >> 8) * 7 + seed * 17) & 0xFF for i in range(min(size, BLOCK)))
    return (block * (size // BLOCK + 1))[:size] if size else b""


class Ops:
    def __init__(self, until):
        self.until = until
        self.since = time.monotonic()

    def go_on(self):
        return not os.path.exists(self.until)

    def begin(self):
        self.since = time.monotonic()

    def done(self, name):
        now = time.monotonic()
        print(f"op {name} {(now - self.since) * 1000:.0f}", flush=True)
        self.since = now


def fail(text):
    print(f"WRONG {text}", flush=True)
    sys.exit(1)
