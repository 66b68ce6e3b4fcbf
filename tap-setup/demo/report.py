"""The table, the summary and result.json."""

import json
import math

from common import bytes_text, say
from faults import LOST

COLUMNS = (("round", 5), ("bytes", 10), ("intact", 9), ("sha256", 12), ("resets", 6), ("MiB/s", 7), ("at %", 5),
           ("stall ms", 17), ("switch ms", 9), ("detect ms", 9), ("takeover ms", 11), ("wire", 6))

# Mode cold: where the time goes after the detection.
COLD_COLUMNS = (("start ms", 8), ("replay ms", 9), ("first byte", 10))


def columns(mode):
    return COLUMNS + (COLD_COLUMNS if mode == "cold" else ())


def header(mode):
    say("   " + "  ".join(name.rjust(width) for name, width in columns(mode)))


def row(result, mode):
    found = result["faults"]
    cells = (result["round"], bytes_text(result["bytes"]), f"{result['intact']}/{result['transfers']}",
             hash_text(result["sha256"]), result["resets"],
             f"{result['bytes'] / 1048576 / max(0.001, result['seconds']):.0f}",
             ",".join(f"{one['atPercent']:.0f}" for one in found) or "-",
             ",".join(stall_text(one["stallsMs"]) for one in found) or "-",
             ",".join(number(one["switchMs"]) for one in found) or "-",
             number(result["detectionMs"]), number(result["takeoverMs"]),
             {True: "holds", False: "BROKEN", None: "-"}[result["wireCheck"]])
    if mode == "cold":
        cells += tuple(number(result["phases"][name]) for name in ("startMs", "replayMs", "firstByteMs"))
    say("   " + "  ".join(str(cell).rjust(width) for cell, (_, width) in zip(cells, columns(mode))))
    for step in result["failover"].get("steps", []) if mode == "cold" else []:
        say(f"     {step['ms']:10.1f} ms  {step['what']}")
    if result["protectedAgainS"]:
        say(f"     protected again {result['protectedAgainS']:.1f} s after that host came back")
    for remark in result["remarks"]:
        say(f"     - {remark}")
    for complaint in result["complaints"]:
        say(f"     ! {complaint}")
    if result["captureDropped"]:
        say(f"     ! the capture missed {result['captureDropped']} frames: stalls may seem longer than they were")


def hash_text(hashes):
    return hashes[0][:12] if len(hashes) == 1 else f"{len(hashes)} values" if hashes else "-"


def stall_text(stalls):
    """Of one connection its stall; of many the median and the longest."""
    if not stalls:
        return "-"
    ordered = sorted(math.inf if stall is None else stall for stall in stalls)
    if len(ordered) == 1:
        return number(ordered[0])
    return f"{number(percentile(ordered, 50))} to {number(ordered[-1])}"


def number(value):
    return "-" if value is None else "never" if value == math.inf else f"{value:.1f}"


def percentile(ordered, percent):
    """A percentile: the smallest value that the given percentage of values does not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary(results):
    every = sorted(math.inf if stall is None else stall for result in results for one in result["faults"]
                   for stall in one["stallsMs"])
    quiet = [result["longestPauseElsewhereMs"] for result in results if result["longestPauseElsewhereMs"] is not None]
    spread = {name: percentile(every, percent) if every else None
              for name, percent in (("p50", 50), ("p99", 99), ("max", 100))}
    return {"rounds": len(results), "roundsPassed": sum(result["passed"] for result in results),
            "transfers": sum(result["transfers"] for result in results),
            "intact": sum(result["intact"] for result in results),
            "resets": sum(result["resets"] for result in results),
            "stalls": len(every), "neverWentOn": sum(1 for stall in every if stall == math.inf),
            "stallMs": {name: None if value in (None, math.inf) else value for name, value in spread.items()},
            "longestPauseWithoutFaultMs": max(quiet, default=None)}, spread


def conclude(options, results, out, picture):
    total, spread = summary(results)
    say(f"== {total['intact']} of {total['transfers']} streams intact, {total['resets']} resets; "
        f"{total['roundsPassed']} of {total['rounds']} rounds passed")
    if total["stalls"]:
        say("   the client's stall in ms: " + ", ".join(f"{name} {number(value)}" for name, value in spread.items())
            + f" (of {total['stalls']} connections that a fault hit)")
    if total["longestPauseWithoutFaultMs"] is not None:
        say(f"   the longest pause that was not around a fault: {total['longestPauseWithoutFaultMs']:.1f} ms")
    path = out / "result.json"
    everything = {"options": vars(options), "summary": total, "rounds": results}
    path.write_text(json.dumps(everything, indent=2) + "\n")
    say(f"   {path}" + (f"\n   {picture}" if picture else ""))
    passed = total["roundsPassed"] == total["rounds"]
    good, bad = ("silent, as it must be", "NOT AS IT MUST BE") if options.fault in LOST else ("intact", "NOT INTACT")
    say(f"VERDICT: {good if passed else bad}")
    return passed
