"""What all parts use: places, the error that ends the demo, and waiting."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "target"
JAR = TARGET / "holdfast.jar"
JAVA_HOME = os.environ.get("JAVA_HOME")
JAVA = f"{JAVA_HOME}/bin/java" if JAVA_HOME else "java"
KEYTOOL = f"{JAVA_HOME}/bin/keytool" if JAVA_HOME else "keytool"

SERVICE = "10.77.0.100"
PASSWORD = "holdfast-demo"


class DemoError(Exception):
    """The demo could not be run; says nothing about what it shows."""


def say(text=""):
    print(text, flush=True)


def run(command, what, limit=120, **more):
    """Runs a command that must succeed; returns its output."""
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, timeout=limit, **more)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise DemoError(f"{what}: {e}") from e
    if done.returncode != 0:
        raise DemoError(f"{what} ended with {done.returncode}: {done.stdout.strip()[-2000:]}")
    return done.stdout


def wait_for(condition, seconds, pause=0.05):
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def bytes_text(number):
    for unit, shift in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if number >= 1 << shift:
            value = number / (1 << shift)
            return f"{value:.0f} {unit}" if value == int(value) else f"{value:.1f} {unit}"
    return f"{number} B"


def is_terminal():
    return sys.stdout.isatty()
