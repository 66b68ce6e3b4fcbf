"""Captures the client's interface with tcpdump. Headers are enough to see new bytes move, and cost little: with
offloads, a frame here carries up to 64 KiB. What is measured is thus the client's own traffic, seen from outside of
every program that takes part."""

import re
import signal

from common import SERVICE, DemoError, wait_for

HEADER_BYTES = 96
WHOLE_BYTES = 262_144
# In KiB: what the kernel keeps while tcpdump does not run.
BUFFER_KIB = 65_536


class Capture:
    """@param incoming: only what comes into the device"""

    def __init__(self, lab, host, device, path, log, kept, expression, incoming=False):
        self.path = path
        # -Z root: tcpdump would give up root, and with it the right to write where the work directory is.
        self.process = lab.start(host, [
            "tcpdump", "-i", device, "-n", "-Z", "root", *(["-Q", "in"] if incoming else []), "-s", str(kept),
            "-B", str(BUFFER_KIB), "--time-stamp-precision=nano", "-w", str(path), *expression.split()],
            log.with_name(f"{log.stem}-{path.stem}.log"))
        if not wait_for(lambda: "listening on" in self.process.output() or not self.process.alive(), 20, 0.01) \
                or not self.process.alive():
            raise DemoError(f"tcpdump: {self.process.output()}")
        self.dropped = None

    def stop(self):
        """Ends it, and notes how many frames it missed."""
        self.process.end(signal.SIGINT)
        found = re.search(r"(\d+) packets? dropped by kernel", self.process.output())
        if not found:
            raise DemoError(f"tcpdump ended without its totals: {self.process.output()}")
        self.dropped = int(found[1])
