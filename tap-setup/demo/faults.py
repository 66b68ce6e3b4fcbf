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


def cut(stage):
    stage.strike_at(stage.moment, "cut of a", lambda: stage.cluster.lab.set_links("cut", ("a", "repl")))
    stage.wait_to_heal(HEAL_SECONDS)
    stage.cluster.lab.set_links("mend", ("a", "repl"))
    stage.note("links mended")


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
    stage.cluster.node("b").await_protecting()
    stage.note("b protects")
    stage.protected_again_s = time.monotonic() - start


def double(stage):
    stage.strike_at(stage.moment / 2, "kill -9 of a", lambda: stage.cluster.node("a").kill())
    stage.wait_until(stage.moment / 2 + 0.05, 10)
    start = time.monotonic()
    stage.cluster.restart("a")
    stage.note("a starts again")
    stage.cluster.node("a").await_protecting()
    stage.note("a protects")
    stage.protected_again_s = time.monotonic() - start
    stage.strike_at(stage.fraction(), "kill -9 of b", lambda: stage.cluster.node("b").kill())


FAULTS = {"none": none, "kill": kill, "freeze": freeze, "cut": cut, "switchover": switchover,
          "kill-backup": kill_backup, "double": double}


def switches(fault, mode):
    """How often the address moves to another host."""
    return 0 if mode == "off" else {"none": 0, "kill-backup": 0, "double": 2}.get(fault, 1)


def in_charge_at_the_end(fault, mode):
    return "a" if mode == "off" or fault in ("none", "kill-backup", "double") else "b"
