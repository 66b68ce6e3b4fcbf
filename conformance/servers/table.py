"""Results: lines on stdout, a report for people, JSON for programs."""

import json
import platform
import time
from collections import Counter

from common import say
from rounds import DETECTED, NEITHER, SURVIVED

NOT_RUN = "could not be run"
COLUMNS = "{:<18} {:<18} {:>5} {:>9} {:>9}  {}"


def conclude(server, kills, error=None):
    """A server's result of all its kills."""
    counts = Counter(kill["verdict"] for kill in kills)
    verdict = NOT_RUN if error else NEITHER if counts[NEITHER] else DETECTED if counts[DETECTED] else SURVIVED
    pauses = sorted(kill["longestPauseMs"] for kill in kills if "longestPauseMs" in kill)
    return {"server": server.name, "title": server.title, "verdict": verdict, "kills": len(kills),
            "survived": counts[SURVIVED], "detected": counts[DETECTED], "neither": counts[NEITHER],
            "hung": sum(kill.get("hung", False) for kill in kills),
            "medianPauseMs": pauses[len(pauses) // 2] if pauses else None, "longestPauseMs": pauses[-1] if pauses else None,
            "reasons": [error] if error else reasons(kills), "each": kills}


def reasons(kills):
    """Failures and statements, each once, the most frequent first."""
    said = Counter(text.split(": ", 1)[-1] for kill in kills if kill["verdict"] != SURVIVED for text in kill["said"][:1])
    lost = Counter(text for kill in kills for text in kill["complaints"][:1])
    return ([f"said: {text}" for text, _ in said.most_common(2)] + [f"client: {text}" for text, _ in lost.most_common(3)])


def header():
    say(COLUMNS.format("server", "verdict", "kills", "survived", "pause ms", "reason"))


def row(result):
    pause = result["medianPauseMs"]
    say(COLUMNS.format(result["server"], result["verdict"], result["kills"], result["survived"],
                       "-" if pause is None else pause, (result["reasons"] or [""])[0][:200]))


def write(options, results, out, java):
    (out / "result.json").write_text(json.dumps({"mode": options.mode, "java": java, "kills": options.kills, "seed": options.seed,
                                                 "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                                                 "machine": platform.machine(), "results": results}, indent=1) + "\n")
    lines = [f"# Servers on a protected pair: mode {options.mode}, JDK {java}, up to {options.kills} kills each", "",
             "| server | verdict | kills | survived | said before | neither | hangs | longest pause (ms): median / worst | "
             "reasons |",
             "|---|---|---|---|---|---|---|---|---|"]
    for one in results:
        pause = "-" if one["medianPauseMs"] is None else f"{one['medianPauseMs']} / {one['longestPauseMs']}"
        lines.append(f"| {one['title']} | {one['verdict']} | {one['kills']} | {one['survived']} | {one['detected']} | "
                     f"{one['neither']} | {one['hung']} | {pause} | "
                     f"{'<br>'.join(text.replace('|', '/') for text in one['reasons'])} |")
    lines += ["", "## Timelines", ""]
    for one in results:
        for kill in one["each"]:
            steps = "; ".join(f"{event['ms']} ms {event['what']}" for event in kill["events"])
            lines.append(f"- {one['server']} {kill['kill']} ({kill['verdict']}): {steps}")
            lines += [f"  - {text}" for text in [*kill["complaints"], *kill["said"]]]
    (out / "report.md").write_text("\n".join(lines) + "\n")


def exit_status(results):
    verdicts = {one["verdict"] for one in results}
    return 1 if NEITHER in verdicts else 2 if NOT_RUN in verdicts else 0
