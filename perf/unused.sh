#!/usr/bin/env bash
# What the agent costs a program whose connections are the kernel's: the JDK's HttpServer (NIO) and an echo (java.net) at the loopback
# address, with the agent and without, by turns; replication is off, and no program uses the stack. Two minutes.
#
#   perf/run.sh unused       prints medians of the rounds, and the median of the rounds' ratios
#
# Both servers stand side by side, warm; the one that waits its turn sleeps. "holdfast" is the one with the agent. CPU is user and system
# time of the server's process. Environment: ROUNDS (12), SECONDS_EACH (2).
set -u
cd "$(dirname "$0")/.." || exit 1

ROUNDS=${ROUNDS:-12}
SECONDS_EACH=${SECONDS_EACH:-2}
OUT=target/perf
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
TICKS=$(getconf CLK_TCK)
NS=hfu-$$
WORK=
declare -A SERVER

die() { echo "unused: $*" >&2; exit 1; }
inside() { ip netns exec "$NS" "$@"; }

cleanup() {
    trap - EXIT INT TERM HUP
    local pid
    for pid in $(ip netns pids "$NS" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
    ip netns del "$NS" 2>/dev/null
    rm -rf "$WORK"
}

# STACK PORT JVM-ARGUMENTS...
start() {
    local i
    HOLDFAST_RUN=$WORK ip netns exec "$NS" "$JAVA" -Xmx512m "${@:3}" -Dsun.net.httpserver.nodelay=true -cp "$WORK/classes" \
        io.holdfast.perf.OverheadServer 127.0.0.1 "$2" "$(($2 + 1))" >"$WORK/$1" 2>&1 &
    SERVER[$1]=$!
    for i in $(seq 150); do
        grep -q listening "$WORK/$1" && return
        sleep 0.2
    done
    cat "$WORK/$1" >&2
    die "$1 did not start"
}

port() { [ "$1" = holdfast ] && echo 8080 || echo 8090; }
ticks() { sed 's/.*) //' "/proc/${SERVER[$1]}/stat" | awk '{print $12 + $13}'; }

# STACK: lines METRIC VALUE
measure() {
    local before
    before=$(ticks "$1")
    inside wrk -t1 -c16 "-d${SECONDS_EACH}s" "http://127.0.0.1:$(port "$1")/" >"$WORK/wrk" || echo "unused: wrk failed" >&2
    grep -E "Socket errors|Non-2xx" "$WORK/wrk" >&2
    awk -v b="$before" -v a="$(ticks "$1")" -v t="$TICKS" '/Requests\/sec/ { print "wrk-requests/s", $2 }
        / requests in / { printf "wrk-CPU-us/request %.2f\n", (a - b) / t * 1e6 / $1 }' "$WORK/wrk"
    inside "$JAVA" -Xmx256m -XX:TieredStopAtLevel=4 -cp "$CLASSES" \
        io.holdfast.perf.PerfClient pingpong 127.0.0.1 "$(($(port "$1") + 1))" 1 \
        | sed 's/^/pingpong-/'
}

[ "$(id -u)" -eq 0 ] || die "needs root (a network namespace)"
command -v wrk >/dev/null || die "needs wrk, see tap-setup/check.sh"
[ -f target/holdfast.jar ] && [ -f target/test-classes/io/holdfast/perf/OverheadServer.class ] || die "nothing built: run mvn package first"
mkdir -p "$OUT"
WORK=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$WORK/classes/io/holdfast" && cp -r target/test-classes/io/holdfast/perf "$WORK/classes/io/holdfast/"
if [ ! -s "$OUT/classpath" ] || [ pom.xml -nt "$OUT/classpath" ]; then
    mvn -q -B -ntp dependency:build-classpath -Dmdep.outputFile="$OUT/classpath" -Dmdep.includeScope=test \
        >"$OUT/classpath.log" 2>&1 || die "mvn dependency:build-classpath failed, see $OUT/classpath.log"
fi
CLASSES=$WORK/classes:$(cat "$OUT/classpath")
ip netns add "$NS" || die "cannot make a network namespace"
ip -n "$NS" link set lo up
printf 'link.device=hf0\nstack.addresses=10.79.1.100\nstack.prefix=24\n' >"$WORK/config"
start holdfast 8080 "-javaagent:target/holdfast.jar=$WORK/config"
start kernel 8090
for i in 1 2 3; do for stack in holdfast kernel; do measure $stack >/dev/null; done; done # compiles what is hot
: >"$OUT/unused.tsv"
for round in $(seq "$ROUNDS"); do
    if [ $((round % 2)) -eq 1 ]; then order="holdfast kernel"; else order="kernel holdfast"; fi
    for stack in $order; do measure $stack | sed "s/^/$round $stack /" >>"$OUT/unused.tsv"; done
done
echo "$(nproc) CPUs, Linux $(uname -r), $("$JAVA" -version 2>&1 | sed -n '2p'), load $(cut -d' ' -f1-3 /proc/loadavg)"
"$JAVA" -cp "$CLASSES" io.holdfast.perf.PerfReport "$OUT/unused.tsv"
echo "took $SECONDS s; raw figures in $OUT/unused.tsv"
