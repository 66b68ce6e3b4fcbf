#!/usr/bin/env bash
# A server is killed in the middle of its clients' transfers, and no client notices more than a pause. See --help.
command -v python3 >/dev/null || { echo "demo: needs python3: see tap-setup/check.sh" >&2; exit 1; }
exec python3 -B "$(dirname "$0")/demo" "$@"
