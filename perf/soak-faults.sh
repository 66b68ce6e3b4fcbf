#!/usr/bin/env bash
# The transfers of the web sample over a bad link, at full size: 2 % loss, 1 % reordering, 0.5 % duplication and 20 ms of
# jitter each way, by the stack's own fault decorator. The clients are the kernel's curl and wrk, in a lab of its own.
#
#   perf/run.sh soak-faults       about an hour with 1 GiB: one loss-based flow gets some 3 Mbit/s there, whoever sends
#
#   100 files of 1 MiB in parallel; ranges; wrk with 256 connections; then a file of SIZE_MB fetched and put back at once.
#
# Prints its progress, and a verdict at the end; exit status 0 if every transfer was intact. Environment: SIZE_MB (1024),
# WRK_S (30), PARALLEL (100), FAULT_SEED (7), LIMIT_S (9000: no single transfer takes longer), SOAK_OUT (target/soak-faults).
set -u
cd "$(dirname "$0")/.." || exit 1

SIZE_MB=${SIZE_MB:-1024}
WRK_S=${WRK_S:-30}
PARALLEL=${PARALLEL:-100}
FAULT_SEED=${FAULT_SEED:-7}
LIMIT_S=${LIMIT_S:-9000}
OUT=${SOAK_OUT:-target/soak-faults}
export HOLDFAST_LAB_PREFIX=${HOLDFAST_LAB_PREFIX:-s$(($$ % 1000000))}
LAB=tap-setup/lab.sh
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
URL=http://10.77.0.100:8080
WORK=
FAILED=0
PIDS=()

say() { printf '%s %5d s  %s\n' "$(date +%T)" "$SECONDS" "$*"; }
die() { say "FAIL $*"; exit 1; }
bad() { say "FAIL $*"; FAILED=$((FAILED + 1)); }
client() { "$LAB" exec client "$@"; }
hash_of() { sha256sum "$1" | cut -c1-64; }

cleanup() {
    trap - EXIT INT TERM HUP
    local pid
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null; done
    "$LAB" down # ends what still runs in it
    [ -z "$WORK" ] || rm -rf "$WORK"
}

prepare() {
    local tool
    for tool in curl wrk sha256sum awk; do command -v $tool >/dev/null || die "needs $tool, see tap-setup/check.sh"; done
    [ -f target/holdfast.jar ] || die "no target/holdfast.jar: run mvn package first"
    mkdir -p "$OUT" && OUT=$(realpath "$OUT") && WORK=$(mktemp -d "$OUT/work.XXXXXX") || exit 1
    trap cleanup EXIT
    trap 'exit 130' INT TERM HUP
    cp target/holdfast.jar "$WORK/" # a build meanwhile changes nothing
    mkdir "$WORK/root" "$WORK/small"
    head -c $((SIZE_MB << 20)) /dev/urandom >"$WORK/root/big"
    head -c 1M /dev/urandom >"$WORK/root/small"
    head -c 1K /dev/urandom >"$WORK/root/1k"
    BIG=$(hash_of "$WORK/root/big")
    SMALL=$(hash_of "$WORK/root/small")
    cat >"$WORK/faults.properties" <<EOF
link.fault.loss=2
link.fault.reorder=1
link.fault.duplicate=0.5
link.fault.jitter_ms=20
link.fault.seed=$FAULT_SEED
EOF
    "$LAB" up || die "no lab"
    # The kernel's side sends with what is most common, not with what this machine happens to prefer.
    client ip route change 10.77.0.0/24 dev eth0 src 10.77.0.1 congctl cubic || say "no cubic at the client"
    "$LAB" exec a "$JAVA" -Xmx512m -jar "$WORK/holdfast.jar" sample web --device hf0 --address 10.77.0.100/24 --port 8080 \
        --root "$WORK/root" --control "$WORK/c.sock" --config "$WORK/faults.properties" >"$OUT/server.log" 2>&1 &
    SERVER=$!
    PIDS+=("$SERVER")
    local i
    for i in $(seq 200); do
        grep -q "web at" "$OUT/server.log" && return
        sleep 0.1
    done
    die "the server did not start, see $OUT/server.log"
}

parallel() {
    local from=$SECONDS
    client timeout "$LIMIT_S" curl -sf --no-progress-meter -Z --parallel-immediate --parallel-max "$PARALLEL" -o "$WORK/small/#1" \
        "$URL/small?[1-$PARALLEL]" || { bad "$PARALLEL x 1 MiB: curl ended with $?"; return; }
    local file intact=0
    for file in "$WORK"/small/*; do
        [ "$(hash_of "$file")" != "$SMALL" ] || intact=$((intact + 1))
    done
    rm -f "$WORK"/small/*
    [ "$intact" = "$PARALLEL" ] || { bad "$PARALLEL x 1 MiB: only $intact intact"; return; }
    say "ok   $PARALLEL x 1 MiB in parallel, all intact, in $((SECONDS - from)) s"
}

# FIRST LAST: bytes of the large file, the last one included
range() {
    local got expected
    got=$(client timeout "$LIMIT_S" curl -sf -r "$1-$2" "$URL/big" | sha256sum)
    expected=$(tail -c +$(($1 + 1)) "$WORK/root/big" | head -c $((${2:-$((SIZE_MB << 20))} - $1 + 1)) | sha256sum)
    if [ "$got" = "$expected" ]; then say "ok   range $1-$2"; else bad "range $1-$2 differs"; fi
}

ranges() {
    local bytes=$((SIZE_MB << 20)) status
    range 0 0
    range 0 1048575
    range $((bytes / 2 - 12345)) $((bytes / 2 + 2000000))
    range $((bytes - 1)) ''
    status=$(client curl -s -m 60 -o /dev/null -w '%{http_code}' -r $bytes- "$URL/big")
    if [ "$status" = 416 ]; then say "ok   range past the end: 416"; else bad "range past the end: $status"; fi
}

load() {
    client timeout $((WRK_S + 60)) wrk -t1 -c256 -d "${WRK_S}s" --timeout 30s "$URL/1k" >"$OUT/wrk.out" || bad "wrk ended with $?"
    if grep -qE 'Socket errors|Non-2xx' "$OUT/wrk.out" || ! grep -q Requests/sec "$OUT/wrk.out"; then
        bad "wrk: $(tr '\n' ' ' <"$OUT/wrk.out")"
    else
        say "ok   wrk, 256 connections, $WRK_S s: $(awk '/requests in/ {print $1 " requests, no errors"}' "$OUT/wrk.out")"
    fi
}

size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

# Down and up at the same time. The server keeps an upload in a hidden file until it is whole.
both_ways() {
    local from=$SECONDS down up status
    "$LAB" exec client timeout "$LIMIT_S" curl -sf -o "$WORK/down" "$URL/big" &
    down=$!
    "$LAB" exec client timeout "$LIMIT_S" curl -sf -o /dev/null -w '%{http_code}' -T "$WORK/root/big" "$URL/up" >"$WORK/status" &
    up=$!
    PIDS+=("$down" "$up")
    while kill -0 $down 2>/dev/null || kill -0 $up 2>/dev/null; do
        [ $(((SECONDS - from) % 60)) != 59 ] ||
            say "     down $(($(size_of "$WORK/down") >> 20)) MiB, up $(($(find "$WORK/root" -name '.*' -type f -printf '%s\n' -o \
                -name up -printf '%s\n' | sort -n | tail -1) >> 20)) MiB of $SIZE_MB"
        kill -0 "$SERVER" 2>/dev/null || die "the server has ended, see $OUT/server.log"
        sleep 1
    done
    wait $down; status=$?
    if [ $status != 0 ]; then bad "GET of $SIZE_MB MiB: curl ended with $status"
    elif [ "$(hash_of "$WORK/down")" != "$BIG" ]; then bad "GET of $SIZE_MB MiB: sha256 differs"
    else say "ok   GET of $SIZE_MB MiB, sha256 $BIG"; fi
    wait $up; status=$?
    if [ $status != 0 ] || [ "$(cat "$WORK/status")" != 201 ]; then
        bad "PUT of $SIZE_MB MiB: curl ended with $status, HTTP status $(cat "$WORK/status")"
    elif [ "$(hash_of "$WORK/root/up")" != "$BIG" ]; then bad "PUT of $SIZE_MB MiB: sha256 differs"
    else say "ok   PUT of $SIZE_MB MiB, the same sha256"; fi
    say "     both ways took $((SECONDS - from)) s"
}

# A soak without faults proves nothing.
faults() {
    "$JAVA" -jar "$WORK/holdfast.jar" stats --control "$WORK/c.sock" --info >"$OUT/stats.txt" 2>&1
    local name count
    for name in link.fault.lost link.fault.duplicated link.fault.reordered TcpRetransSegs; do
        count=$(awk -v name=$name '$2 == name {print $1}' "$OUT/stats.txt")
        [ "${count:-0}" -gt 0 ] || bad "no $name: was the link bad at all?"
        say "     $name ${count:-0}"
    done
    ! grep -qE '(Exception|Error)' "$OUT/server.log" || bad "the server complained, see $OUT/server.log"
}

main() {
    prepare
    say "     commit $(git rev-parse --short HEAD 2>/dev/null), $SIZE_MB MiB, seed $FAULT_SEED; files in $OUT"
    parallel
    ranges
    load
    both_ways
    faults
    [ "$FAILED" = 0 ] || die "verdict: $FAILED of the transfers failed"
    say "PASS verdict: every transfer intact"
}

main; exit # read whole before it runs, so that it may change meanwhile
