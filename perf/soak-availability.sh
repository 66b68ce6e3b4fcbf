#!/usr/bin/env bash
# A pair that serves beside busy loops, for a while: no live host may be taken for dead, and every two minutes the leading server is killed
# (kill -9), which no client may notice but for a pause. The killed host comes back as the backup each time.
#
#   perf/run.sh soak-availability [MINUTES]   (30)
#
# Clients: a request on a connection of its own again and again, a download and an upload without end, all with known content. Prints each
# kill with what detection and takeover took and how long clients waited, and at the end a verdict: exit status 0 if every transfer was
# intact and the service moved as often as it was killed. Environment: LOOPS (8), EVERY_S (120), SOAK_OUT (target/soak-availability).
cd "$(dirname "$0")/.." || exit 1
command -v python3 >/dev/null || { echo "soak-availability: needs python3: see tap-setup/check.sh" >&2; exit 1; }
exec python3 -B tap-setup/demo/availability.py "$@"
