"""What happens in the middle. Each fault is a function of the round under way; it waits for the right moment, strikes,
and heals what it did if it can be healed."""

import signal
import time

from cluster import switchover_began_ns

# Latest return; a host that no other took over from comes back, too.
HEAL_SECONDS = 2.0
STARVE_LOOPS = 8
STARVE_SECONDS = 120


class Missed(Exception):
    """The transfers ended before the fault struck: the round shows nothing."""


def none(_):
    pass


def kill(stage):
    leader, _ = stage.await_moment(stage.moment)
    stage.strike(f"kill -9 of {leader}", stage.cluster.node(leader).kill)


def freeze(stage):
    leader, _ = stage.await_moment(stage.moment)
    process = stage.cluster.node(leader).process
    stage.strike(f"freeze of {leader}", lambda: process.send(signal.SIGSTOP))
    stage.wait_to_heal(HEAL_SECONDS)
    process.send(signal.SIGCONT)
    stage.note(f"{leader} thaws")


def cut_links(name, links, joins):
    """@param name: of the fault; {leader} and {backup} in it, in links and in joins are the host that leads and its backup
    @param joins: the host that was left behind, and is to protect again once the links are mended"""
    def fault(stage):
        leader, backup = stage.await_moment(stage.moment)
        name_of = lambda text: text.format(leader=leader, backup=backup)
        cut = [name_of(link) for link in links]
        stage.strike(name_of(name), lambda: stage.cluster.lab.set_links("cut", cut))
        stage.wait_to_heal(HEAL_SECONDS)
        start = time.monotonic()
        stage.cluster.lab.set_links("mend", cut)
        stage.note("links mended")
        if stage.options.mode != "off":
            stage.await_protection(name_of(joins))
            stage.protected_again_s = time.monotonic() - start
    return fault


def power(victim):
    """@param victim: leader or backup. Its links go silent first, so that no host hears of its end; then it is started again."""
    def fault(stage):
        leader, backup = stage.await_moment(stage.moment)
        name = leader if victim == "leader" else backup
        node, lab = stage.cluster.node(name), stage.cluster.lab

        def strike():
            at = lab.set_links("cut", (name, "repl"))
            node.kill()
            return at
        stage.strike(f"power loss of {name}", strike)
        stage.wait_to_heal(HEAL_SECONDS)
        start = time.monotonic()
        lab.set_links("mend", (name, "repl"))
        stage.cluster.restart(name)
        stage.note(f"{name} starts again")
        stage.await_protection(name)
        stage.protected_again_s = time.monotonic() - start
    return fault


def device_gone(stage):
    leader, _ = stage.await_moment(stage.moment)
    lab = stage.cluster.lab
    stage.strike(f"hf0 of {leader} deleted", lambda: lab.script("exec", leader, "ip", "link", "delete", "hf0") and None)
    stage.wait_to_heal(HEAL_SECONDS)
    start = time.monotonic()
    stage.cluster.node(leader).process.end(signal.SIGKILL)
    lab.up()
    stage.cluster.restart(leader)
    stage.note(f"hf0 is back, {leader} starts again")
    stage.await_protection(leader)
    stage.protected_again_s = time.monotonic() - start


def starve(stage):
    """Processes that want all processors, until the transfers end: no live host may be taken for dead."""
    stage.await_moment(stage.moment / 4)
    loops = []

    def strike():
        for i in range(STARVE_LOOPS):
            loops.append(stage.cluster.lab.start("lan", ["sh", "-c", "while :; do :; done"], stage.directory / "loops.log"))
    stage.strike(f"{STARVE_LOOPS} busy loops", strike)
    stage.wait_until(1, STARVE_SECONDS)
    for loop in loops:
        loop.end(signal.SIGKILL)


def witness_gone(stage):
    stage.await_moment(stage.moment)
    stage.strike("kill -9 of ZooKeeper", stage.witness.kill)


def switchover(stage):
    leader, _ = stage.await_moment(stage.moment)

    def command():
        answer = stage.cluster.node(leader).switch_over()
        if not answer.startswith("yes"):
            stage.complain(f"switchover: {answer.strip()}")
            return None
        return switchover_began_ns(answer)
    stage.strike("switchover", command)


def kill_backup(stage):
    leader, backup = stage.await_moment(stage.moment)
    stage.strike(f"kill -9 of {backup}", stage.cluster.node(backup).kill)
    start = time.monotonic()
    stage.cluster.restart(backup)
    stage.note(f"{backup} starts again")
    stage.await_protection(backup)
    stage.protected_again_s = time.monotonic() - start
    stage.check_protection(leader)


def stale(stage):
    """O8 of the contract: a backup that missed something must refuse. The transfers are lost, rightly."""
    leader, backup = stage.await_moment(stage.moment)
    stage.strike("cut of the replication link", lambda: stage.cluster.lab.set_links("cut", ("repl",)))
    if not stage.await_role(leader, "SOLO"):
        return
    behind = stage.fraction()
    if not stage.wait_until(behind + (1 - behind) / 4, HEAL_SECONDS * 5):
        raise Missed("nothing moved while the primary was alone")
    stage.strike(f"kill -9 of {leader}", stage.cluster.node(leader).kill)
    stage.cluster.lab.set_links("mend", ("repl",))
    # Long enough for any takeover that there might be.
    stage.wait_until(1, HEAL_SECONDS)
    code, text = stage.cluster.node(backup).control("ready")
    stage.note(f"{backup}: {text.strip()}")
    if code == 0:
        stage.complain(f"{backup} says that it could take over, though it was left behind: {text.strip()}")


def double(stage):
    leader, backup = stage.await_moment(stage.moment / 2)
    stage.strike(f"kill -9 of {leader}", stage.cluster.node(leader).kill)
    stage.wait_until(stage.moment / 2 + 0.05, 10)
    start = time.monotonic()
    stage.cluster.restart(leader)
    stage.note(f"{leader} starts again")
    stage.await_protection(leader)
    stage.protected_again_s = time.monotonic() - start
    stage.strike(f"kill -9 of {backup}", stage.cluster.node(backup).kill)


FAULTS = {"none": none, "kill": kill, "freeze": freeze, "switchover": switchover, "kill-backup": kill_backup,
          "double": double, "stale": stale,
          "cut": cut_links("cut of {leader}", ("{leader}", "repl"), "{leader}"),
          "power-primary": power("leader"), "power-backup": power("backup"),
          "lan-primary": cut_links("cut of {leader}'s LAN", ("{leader}",), "{leader}"),
          "lan-backup": cut_links("cut of {backup}'s LAN", ("{backup}",), "{backup}"),
          "partition": cut_links("partition", ("repl", "between"), "{leader}"), "witness-gone": witness_gone,
          "device-gone": device_gone, "starve": starve,
          "cut-replication": cut_links("cut of the replication link", ("repl",), "{backup}"),
          "cut-backup": cut_links("cut of {backup}", ("{backup}", "repl"), "{leader}")}
# Faults that no transfer survives, by contract: the demo then shows that no host sends that should not.
LOST = ("stale",)


# The address stays where it is.
STAYS = ("none", "kill-backup", "power-backup", "lan-backup", "cut-replication", "cut-backup", "starve", "stale",
         "witness-gone")


# The longest that a client may wait, in ms, by detect_ms and solo_ms.
BOUNDS = {"partition": lambda detect, solo: detect + 100,
          "witness-gone": lambda detect, solo: detect,
          "kill-backup": lambda detect, solo: detect + solo,
          "power-backup": lambda detect, solo: detect + solo + 30,
          "lan-primary": lambda detect, solo: detect + 100,
          "lan-backup": lambda detect, solo: detect,
          "device-gone": lambda detect, solo: detect + 100,
          **{fault: lambda detect, solo: detect + solo + 100
             for fault in ("power-primary", "freeze", "cut", "cut-replication", "cut-backup")}}


def switches(fault, mode):
    """How often the address moves to another host; at most, where it may stay."""
    return {"double": 2}.get(fault, 0 if mode == "off" or fault in STAYS else 1)


def moves(fault, mode):
    """Whether it ends on the other host."""
    return switches(fault, mode) % 2 == 1
