"""Draws throughput over time around the fault: the whole transfer, and each fault from near."""

import math
from xml.sax.saxutils import escape

import flows
from common import bytes_text

WIDTH, LEFT, RIGHT = 1040, 78, 28
OVERVIEW_HEIGHT, NEAR_HEIGHT = 120, 220
FIRST_TOP, PANEL_GAP, BOTTOM = 122, 96, 52
COLOURS = {"download": "#2563eb", "upload": "#0d9488"}
INK, FAINT, GRID, RED, GREEN = "#1f2937", "#6b7280", "#e5e7eb", "#dc2626", "#15803d"
FINEST_BIN_MS = 1
MS = 1_000_000
MIB = 1 << 20

STYLE = f"""
text {{ font-family: Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif; font-size: 12px; fill: {INK} }}
.title {{ font-size: 20px; font-weight: 600 }} .subtitle {{ font-size: 13px; fill: {FAINT} }}
.head {{ font-size: 13px; font-weight: 600 }} .tick {{ fill: {FAINT}; font-size: 11px }}
.fault {{ fill: {RED}; font-weight: 600 }} .switch {{ fill: {GREEN}; font-weight: 600 }} .note {{ fill: {FAINT} }}
.stall {{ fill: {INK}; font-size: 13px; font-weight: 600 }}
"""


def nice(value):
    """The next of 1, 2, 5, 10, 20, ... that is not smaller."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


class Panel:
    """One set of axes. Times are milliseconds since 1970; zero is what the axis calls 0."""

    def __init__(self, top, height, start, end, zero, traffic, directions, points):
        self.top, self.height = top, height
        self.start, self.end, self.zero = start, end, zero
        self.step = max(FINEST_BIN_MS, nice((end - start) / points))
        # Bins begin at the zero, so that none straddles the fault.
        self.first = math.floor((start - zero) / self.step)
        self.series = {name: self.resample(traffic.bins[name]) for name in directions}
        peak = max((max(values, default=0) for values in self.series.values()), default=0)
        self.y_step = nice(max(peak, 1e-9) / 4)
        self.y_max = self.y_step * max(1, math.ceil(peak / self.y_step - 1e-9))
        self.parts = []

    def resample(self, bins):
        values = [0.0] * (math.ceil((self.end - self.zero) / self.step) - self.first)
        for t, number in bins.items():
            i = math.floor((t - self.zero) / self.step) - self.first
            if 0 <= i < len(values):
                values[i] += number
        return [value / MIB / (self.step / 1000) for value in values]

    def x(self, t):
        t = min(max(t, self.start), self.end)
        return LEFT + (WIDTH - LEFT - RIGHT) * (t - self.start) / (self.end - self.start)

    def y(self, value):
        return self.top + self.height * (1 - value / self.y_max)

    def add(self, text):
        self.parts.append(text)

    def text(self, x, y, words, kind, anchor="start"):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def axes(self, head, unit, per_unit):
        self.text(LEFT, self.top - 32, head, "head")
        self.text(WIDTH - RIGHT, self.top - 32, f"new bytes, in MiB/s, bins of {self.step:g} ms", "tick", "end")
        for i in range(round(self.y_max / self.y_step) + 1):
            value = i * self.y_step
            y = self.y(value)
            self.add(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
            self.text(LEFT - 8, y + 4, f"{value:g}", "tick", "end")
        bottom = self.top + self.height
        step = nice((self.end - self.start) / per_unit / 9)
        tick = math.ceil((self.start - self.zero) / per_unit / step - 1e-9) * step
        while tick * per_unit + self.zero <= self.end + 1e-6:
            x = self.x(self.zero + tick * per_unit)
            self.add(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="{FAINT}"/>')
            self.text(x, bottom + 19, f"{round(tick, 9):g}", "tick", "middle")
            tick += step
        self.text((LEFT + WIDTH - RIGHT) / 2, bottom + 36, unit, "tick", "middle")

    def areas(self):
        for name, values in self.series.items():
            points = []
            for i, value in enumerate(values):
                for edge in (i, i + 1):
                    points.append(f"{self.x(self.zero + (self.first + edge) * self.step):.1f},{self.y(value):.1f}")
            path = " ".join(points)
            base = self.y(0)
            colour = COLOURS[name]
            self.add(f'<polygon points="{self.x(self.start):.1f},{base} {path} {self.x(self.end):.1f},{base}" '
                     f'fill="{colour}" fill-opacity="0.16"/>')
            self.add(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6" '
                     'stroke-linejoin="round"/>')
        self.add(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(0)}" y2="{self.y(0)}" stroke="{INK}"/>')

    def mark(self, t, words, colour, kind, anchor="start", level=0):
        if not self.start <= t <= self.end:
            return
        x = self.x(t)
        top = self.top - 6 - 14 * level
        self.add(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{self.top + self.height}" stroke="{colour}" '
                 'stroke-width="1.5" stroke-dasharray="5 3"/>')
        self.text(x + (5 if anchor == "start" else -5), top + 3, words, kind, anchor)

    def note_below(self, t, words, level):
        """A short line from the bottom, with words beside it; levels keep neighbours apart."""
        if not self.start <= t <= self.end:
            return
        x, bottom = self.x(t), self.top + self.height
        y = bottom - 14 * (level + 1)
        self.add(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{y:.1f}" stroke="{INK}" stroke-width="1"/>')
        self.text(x + 4, y + 9, words, "note")

    def bracket(self, start, end, words):
        """The stall: a double arrow over the time in which nothing moved."""
        left, right, y = self.x(start), self.x(end), self.top + self.height * 0.55
        self.add(f'<rect x="{left:.1f}" y="{self.top}" width="{max(1, right - left):.1f}" height="{self.height}" '
                 f'fill="{RED}" fill-opacity="0.06"/>')
        self.add(f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}" stroke="{INK}" stroke-width="1.4" '
                 'marker-start="url(#arrow)" marker-end="url(#arrow)"/>')
        if right - left > 90:
            self.text((left + right) / 2, y - 8, words, "stall", "middle")
        else:
            self.text(right + 8, y - 8, words, "stall")


def longest(stage, number):
    known = [stall for stall in stage.stalls[number] if stall.ms is not None]
    return max(known, key=lambda stall: stall.ms) if known else None


def draw(stage, options, path):
    """Returns whether there was something to draw."""
    traffic = stage.traffic
    directions = [name for name in COLOURS if options.direction in (name, "both")]
    moved = [t for name in directions for t in traffic.bins[name]]
    if not moved:
        return False
    begin = min(moved)
    # With a fault that ended everything, the silence after it belongs in the picture, but not all of it.
    end = max([*moved, *(strike.struck_ns // MS + 200 for strike in stage.strikes)]) + 1
    panels = [overview(stage, begin, end, directions)]
    for number in range(len(stage.strikes)):
        top = panels[-1].top + panels[-1].height + PANEL_GAP
        panels.append(near(stage, number, top, begin, end, directions))
    height = panels[-1].top + panels[-1].height + BOTTOM
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
                    f'height="{height}">\n'
                    f'<style>{STYLE}</style>\n'
                    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
                    'orient="auto-start-reverse"><path d="M0 1 L9 5 L0 9" fill="none" '
                    f'stroke="{INK}" stroke-width="1.5"/></marker></defs>\n'
                    f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + title(stage, options, directions)
                    + "\n".join(part for panel in panels for part in panel.parts) + "\n</svg>\n")
    return True


def title(stage, options, directions):
    fault = ", then ".join(strike.name for strike in stage.strikes) or "no fault"
    words = f"{options.service}, {options.mode}: {fault}"
    rounds = f", round {stage.number} of {options.rounds}, that of the median stall" if options.rounds > 1 else ""
    more = (f"{options.clients} client{'s' if options.clients > 1 else ''} ({options.client}), "
            f"{bytes_text(options.size)} each, {options.direction}, as seen at the clients' interface{rounds}")
    legend = ""
    for i, name in enumerate(directions if len(directions) > 1 else []):
        x = WIDTH - RIGHT - 90
        legend += (f'<line x1="{x}" x2="{x + 22}" y1="{32 + i * 18}" y2="{32 + i * 18}" stroke="{COLOURS[name]}" '
                   f'stroke-width="3"/><text x="{x + 28}" y="{36 + i * 18}">{name}</text>')
    return (f'<text x="{LEFT}" y="38" class="title">{escape(words)}</text>\n'
            f'<text x="{LEFT}" y="60" class="subtitle">{escape(more)}</text>\n{legend}\n')


def overview(stage, begin, end, directions):
    panel = Panel(FIRST_TOP, OVERVIEW_HEIGHT, begin, end, begin, stage.traffic, directions, 300)
    panel.axes("The whole transfer", "seconds", 1000)
    panel.areas()
    for strike in stage.strikes:
        late = strike.struck_ns / MS > begin + (end - begin) * 0.8
        panel.mark(strike.struck_ns / MS, strike.name, RED, "fault", "end" if late else "start")
    for i, (t, text) in enumerate(stage.notes):
        late = t / MS > begin + (end - begin) * 0.8
        panel.mark(t / MS, text, FAINT, "note", "end" if late else "start", level=(i + 1) % 2)
    return panel


# Steps of a failover that a picture from near has room for.
SHOWN_STEPS = {"decided": "decided", "started": "server starts", "listening": "server listens", "replayed": "replayed",
               "moved": "first new byte"}


def failover_steps(panel, stage):
    """Those of the last failover, as the new primary tells them, by its clock."""
    began = stage.failover.get("beganAtMs")
    shown = [(step["ms"], SHOWN_STEPS[step["key"]]) for step in stage.failover.get("steps", [])
             if step.get("key") in SHOWN_STEPS]
    for i, (ms, words) in enumerate(shown if began is not None else []):
        panel.note_below(began + ms, words, i)


def near(stage, number, top, begin, end, directions):
    strike = stage.strikes[number]
    struck = strike.struck_ns / MS
    stall = longest(stage, number)
    until = stage.strikes[number + 1].struck_ns if number + 1 < len(stage.strikes) else stage.traffic.end_ns + 1
    switched = flows.switch_ms(stage.traffic, strike.struck_ns, until)
    first, last = (min(struck, stall.from_ns / MS), stall.to_ns / MS) if stall else (struck, struck + 300)
    if switched is not None and switched < 2_000:
        last = max(last, struck + switched)
    pad = min(max(0.9 * (last - first), 40), 1500)
    panel = Panel(top, NEAR_HEIGHT, max(begin, first - pad), min(max(end, last + 10), last + pad), struck,
                  stage.traffic, directions, 240)
    panel.axes(f"Around the {'fault' if len(stage.strikes) == 1 else ('first fault', 'second fault')[number]}",
               "milliseconds from the fault", 1)
    if stall:
        many = len(stage.stalls[number])
        panel.bracket(stall.from_ns / MS, stall.to_ns / MS,
                      f"{'longest stall' if many > 1 else 'stall'} {stall.ms:.1f} ms")
    panel.areas()
    panel.mark(struck, strike.name, RED, "fault", "end")
    if switched is not None:
        panel.mark(struck + switched, f"new host speaks, {switched:.1f} ms", GREEN, "switch")
    for t, text in stage.notes:
        panel.mark(t / MS, text, FAINT, "note", level=1)
    if number == len(stage.strikes) - 1:
        failover_steps(panel, stage)
    if not stall:
        panel.text(panel.x(struck + 150), top + NEAR_HEIGHT * 0.5, "nothing moves any more", "stall", "middle")
    return panel
