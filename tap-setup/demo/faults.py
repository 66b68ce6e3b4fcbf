"""What happens in the middle. Each fault is a function of the round under way; it waits for the right moment, strikes,
and heals what it did if it can be healed."""

import signal
import time

from cluster import switchover_began_ns

# At the latest; also a host that nobody took over for comes back.
HEAL_SECONDS = 2.0


class Missed(Exception):
    """The transfers ended before the fault struck: the round shows nothing."""


def none(_):
    pass


def kill(stage):
    stage.strike_at(stage.moment, "kill -9 of a", lambda: stage.cluster.node("a").kill())


def freeze(stage):
    stage.strike_at(stage.moment, "freeze of a", lambda: stage.cluster.node("a").process.send(signal.SIGSTOP))
    stage.wait_to_heal(HEAL_SECONDS)
    stage.cluster.node("a").process.send(signal.SIGCONT)
    stage.note("a thaws")


def cut_links(name, links, joins):
    """@param joins: the host that was left behind, and is to protect again once the links are mended"""
    def fault(stage):
        stage.strike_at(stage.moment, name, lambda: stage.cluster.lab.set_links("cut", links))
        stage.wait_to_heal(HEAL_SECONDS)
        start = time.monotonic()
        stage.cluster.lab.set_links("mend", links)
        stage.note("links mended")
        if stage.options.mode != "off":
            stage.await_protection(joins)
            stage.protected_again_s = time.monotonic() - start
    return fault


def switchover(stage):
    def command():
        code, text = stage.cluster.node("a").control("switchover")
        if code != 0:
            stage.complain(f"switchover ended with {code}: {text.strip()}")
            return None
        return switchover_began_ns(text)
    # The command's JVM has to start first: early enough for it to come in the middle.
    stage.strike_at(stage.moment / 2, "switchover", command)


def kill_backup(stage):
    stage.strike_at(stage.moment, "kill -9 of b", lambda: stage.cluster.node("b").kill())
    start = time.monotonic()
    stage.cluster.restart("b")
    stage.note("b starts again")
    stage.await_protection("b")
    stage.protected_again_s = time.monotonic() - start
    stage.check_protection("a")


def stale(stage):
    """O8 of the contract: a backup that missed something must refuse. The transfers are lost, rightly."""
    stage.strike_at(stage.moment, "cut of the replication link", lambda: stage.cluster.lab.set_links("cut", ("repl",)))
    if not stage.await_role("a", "SOLO"):
        return
    behind = stage.fraction()
    if not stage.wait_until(behind + (1 - behind) / 4, HEAL_SECONDS * 5):
        raise Missed("nothing moved while a was alone")
    stage.strike_at(stage.fraction(), "kill -9 of a", lambda: stage.cluster.node("a").kill())
    stage.cluster.lab.set_links("mend", ("repl",))
    # Long enough for any takeover that there might be.
    stage.wait_until(1, HEAL_SECONDS)
    code, text = stage.cluster.node("b").control("ready")
    stage.note(f"b: {text.strip()}")
    if code == 0:
        stage.complain(f"b says that it could take over, though it was left behind: {text.strip()}")


def double(stage):
    stage.strike_at(stage.moment / 2, "kill -9 of a", lambda: stage.cluster.node("a").kill())
    stage.wait_until(stage.moment / 2 + 0.05, 10)
    start = time.monotonic()
    stage.cluster.restart("a")
    stage.note("a starts again")
    stage.await_protection("a")
    stage.protected_again_s = time.monotonic() - start
    stage.strike_at(stage.fraction(), "kill -9 of b", lambda: stage.cluster.node("b").kill())


FAULTS = {"none": none, "kill": kill, "freeze": freeze, "switchover": switchover, "kill-backup": kill_backup,
          "double": double, "stale": stale,
          "cut": cut_links("cut of a", ("a", "repl"), "a"),
          "cut-lan": cut_links("cut of a's LAN", ("a",), "b"),
          "cut-replication": cut_links("cut of the replication link", ("repl",), "b"),
          "cut-backup": cut_links("cut of b", ("b", "repl"), "a")}
# What no transfer survives, by contract: the demo then shows that nobody speaks who should not.
LOST = ("stale",)


# The address stays where it is.
STAYS = ("none", "kill-backup", "cut-lan", "cut-replication", "stale")


# The address may stay or move: the backup takes over behind its cut links, unless it has heard first that it is out.
EITHER = ("cut-backup",)


def switches(fault, mode):
    """How often the address moves to another host; at most, where it may stay."""
    return {"double": 2}.get(fault, 0 if mode == "off" or fault in STAYS else 1)


def in_charge_at_the_end(fault, mode):
    return "a" if mode == "off" or fault == "double" or fault in STAYS else "b"
