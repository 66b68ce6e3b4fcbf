#!/usr/bin/env bash
# A program that overflows its stack in the middle of its writes, again and again, on both hosts of a pair in mode hot, beside 32 clients
# whose every answer is checked (OverflowServer, OverflowClient). In the end the primary is killed, and the backup must serve.
#
#   perf/run.sh soak-overflow [SECONDS]     1800 unless said
#
# How deep a stack goes is not the same on two hosts, so that the connections that overflow diverge and are rightly said to be
# unprotected; the 32 others' must be right. Prints its progress, and a verdict at the end; exit status 0 if not one answer was wrong.
# Environment: SOAK_OUT (target/soak-overflow), JAVA_HOME.
set -u
cd "$(dirname "$0")/.." || exit 1

LASTING=${1:-1800}
OUT=${SOAK_OUT:-target/soak-overflow}
export HOLDFAST_LAB_PREFIX=${HOLDFAST_LAB_PREFIX:-s$(($$ % 1000000))}
LAB=tap-setup/lab.sh
JAR=target/holdfast.jar
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
SERVICE=10.77.0.100
WORK=
FAILED=0
declare -A HOST

say() { printf '%s %5d s  %s\n' "$(date +%T)" "$SECONDS" "$*"; }
die() { say "FAIL $*"; exit 1; }
bad() { say "FAIL $*"; FAILED=$((FAILED + 1)); }

cleanup() {
    trap - EXIT INT TERM HUP
    "$LAB" down # ends what still runs in it
    [ -z "$WORK" ] || rm -rf "$WORK"
}

# HOST PREFER OWN PEER
start() {
    local host=$1 directory=$WORK/$1 i
    mkdir "$directory"
    cat >"$directory/config" <<EOF
link.device=hf0
stack.addresses=$SERVICE
replication.mode=hot
replication.cluster=soak
replication.node=$host
replication.prefer=$2
replication.listen=10.78.0.$3:7401
replication.peer=10.78.0.$4:7401
replication.service_listen=10.77.0.$3:7402
replication.service_peer=10.77.0.$4:7402
replication.history_dir=$directory/history
replication.certificate=$WORK/keys/$host.crt
replication.key=$WORK/keys/$host.key
replication.trust=$WORK/keys/trust.pem
EOF
    HOLDFAST_RUN=$directory "$LAB" exec "$host" sh -c 'echo $$ >"$0"; exec "$@"' "$directory/pid" \
        "$JAVA" -Xmx1g "-javaagent:$WORK/holdfast.jar=$directory/config" \
        -cp "$WORK/classes" io.holdfast.perf.OverflowServer $SERVICE 8080 9050 >"$OUT/$host.log" 2>&1 &
    for i in $(seq 200); do
        grep -q listening "$OUT/$host.log" && break
        sleep 0.2
    done
    grep -q listening "$OUT/$host.log" || die "$host did not start, see $OUT/$host.log"
    HOST[$host]=$(cat "$directory/pid")
}

ready() { "$JAVA" -jar "$WORK/holdfast.jar" ready --control "$WORK/$1/${HOST[$1]}.sock" >"$WORK/ready" 2>&1; }

in_sync() {
    local i
    for i in $(seq 60); do
        ready a && return
        sleep 0.5
    done
    return 1
}

[ -f target/test-classes/io/holdfast/perf/OverflowServer.class ] && [ -f "$JAR" ] || die "nothing built: run mvn package first"
mkdir -p "$OUT" && OUT=$(realpath "$OUT") && WORK=$(mktemp -d "$OUT/work.XXXXXX") || exit 1
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
cp "$JAR" "$WORK/" # a build meanwhile changes nothing
mkdir -p "$WORK/classes/io/holdfast" && cp -r target/test-classes/io/holdfast/perf "$WORK/classes/io/holdfast/"
"$JAVA" -jar "$JAR" keys --cluster soak --nodes a,b --out "$WORK/keys" >/dev/null || die "no keys"
"$LAB" up || die "no lab"
start a primary 11 12
start b backup 12 11
in_sync || die "no backup in sync: $(cat "$WORK/ready")"
say "a pair in sync; $LASTING s"
"$LAB" exec client "$JAVA" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$WORK/classes" \
    io.holdfast.perf.OverflowClient $SERVICE 8080 9050 "$LASTING" \
    | tee "$OUT/client.log" | while read -r line; do say "$line"; done
[ "${PIPESTATUS[0]}" -eq 0 ] || bad "a wrong answer, or none; see $OUT/client.log"
for host in a b; do
    kill -0 "${HOST[$host]}" 2>/dev/null || bad "the server on $host has died, see $OUT/$host.log"
    ! grep -qE 'the stack has stopped|SIGSEGV' "$OUT/$host.log" || bad "the stack of $host has stopped, see $OUT/$host.log"
done
in_sync || bad "the backup is not in sync: $(cat "$WORK/ready")"
disown -a # or the shell tells at length what it kills
kill -9 "${HOST[a]}" 2>/dev/null
for i in $(seq 100); do
    answer=$("$LAB" exec client curl -sf -m 5 "http://$SERVICE:8080/5" | wc -c)
    [ "$answer" = 5 ] && break
    sleep 0.1
done
[ "$answer" = 5 ] && say "killed a; b serves" || bad "killed a; b does not serve"
if [ "$FAILED" -eq 0 ]; then say "VERDICT: intact"; else say "VERDICT: NOT INTACT ($FAILED)"; fi
[ "$FAILED" -eq 0 ]
