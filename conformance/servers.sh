#!/usr/bin/env bash
# Real servers on a protected pair, killed in the middle of a client's work: which survive, which are said not to. See --help.
command -v python3 >/dev/null || { echo "servers: needs python3: see tap-setup/check.sh" >&2; exit 2; }
exec python3 -B "$(dirname "$0")/servers" "$@"
