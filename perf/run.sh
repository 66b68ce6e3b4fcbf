#!/usr/bin/env bash
# Measures Holdfast beside the kernel, by turns, on the same machine and within the same minutes.
#
#   perf/run.sh quick        every figure, medians and ratios, in under 3 minutes
#   perf/run.sh allocation   bytes allocated per segment by a server on Holdfast, bulk both ways and ping-pong
#   perf/run.sh wrk [SECONDS [CONNECTIONS]]   wrk alone, on the web sample and on Netty (30 s, 256 connections)
#   perf/run.sh overhead     what replication costs: hot, cold, off and the kernel by turns; four minutes (overhead.sh)
#   perf/run.sh startup [JAR]...   what the agent adds to a JVM's start; a minute (startup.sh)
#   perf/run.sh unused       what the agent costs requests that are the kernel's; two minutes (unused.sh)
#   perf/run.sh soak-faults  the transfers of the web sample, 1 GiB each way, over a bad link; about an hour (soak-faults.sh)
#   perf/run.sh soak-crashes [SEED [SEEDS]]   crashes at every event of the simulated scenarios, with other seeds (soak-crashes.sh)
#   perf/run.sh soak-overflow [SECONDS]   a program that overflows its stack, on a pair, beside 32 clients; half an hour (soak-overflow.sh)
#   perf/run.sh soak-worlds [SEED [WORLDS]]   single faults in every state, and random ones, of the simulated pair (soak-worlds.sh)
#   perf/run.sh soak-availability [MINUTES]   kill -9 every two minutes beside busy loops, no false takeover (soak-availability.sh)
#
# Needs root, and target/holdfast.jar (mvn package). Everything happens in two network namespaces of its own, which are
# removed at the end, however it ends. The client is always the kernel's TCP (cubic):
#
#   hfp-PID-c: client -- hf0..hf3 (TAP) -- Holdfast, one process a server
#   hfp-PID-c: client -- veth -- hfp-PID-s: the same servers on the kernel
set -u
cd "$(dirname "$0")/.." || exit 1

ROUNDS=${ROUNDS:-5}
BUDGET_S=${BUDGET_S:-130} # no further round begins after this
STACKS=${STACKS:-holdfast kernel} # one alone gives no ratios
LIMIT_S=${LIMIT_S:-15} # no client runs longer
CLIENT=hfp-$$-c
SERVER=hfp-$$-s
OUT=target/perf
JAR=target/holdfast.jar
EXPORTS=@src/build/jvm.options
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
WORK=
PIDS=()

die() { echo "perf: $*" >&2; exit 1; }

cleanup() {
    trap - EXIT INT TERM HUP
    local ns pid
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null; done
    for ns in "$CLIENT" "$SERVER"; do
        for pid in $(ip netns pids "$ns" 2>/dev/null); do kill "$pid" 2>/dev/null; done
    done
    for _ in $(seq 30); do
        [ -n "$(ip netns pids "$CLIENT" 2>/dev/null; ip netns pids "$SERVER" 2>/dev/null)" ] || break
        sleep 0.1
    done
    for ns in "$CLIENT" "$SERVER"; do
        for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
    done
    ip netns del "$CLIENT" 2>/dev/null
    ip netns del "$SERVER" 2>/dev/null
    [ -n "$WORK" ] && rm -rf "$WORK"
}

prepare() {
    [ "$(id -u)" -eq 0 ] || die "needs root (network namespaces); try: sudo $0 $*"
    [ -c /dev/net/tun ] || die "no /dev/net/tun: modprobe tun"
    local tool
    for tool in ip taskset awk; do command -v $tool >/dev/null || die "needs $tool"; done
    [ -f "$JAR" ] || die "no $JAR: run mvn package first"
    mkdir -p "$OUT"
    if [ ! -s "$OUT/classpath" ] || [ pom.xml -nt "$OUT/classpath" ]; then
        mvn -q -B -ntp dependency:build-classpath -Dmdep.outputFile="$OUT/classpath" -Dmdep.includeScope=test \
            >"$OUT/classpath.log" 2>&1 || die "mvn dependency:build-classpath failed, see $OUT/classpath.log"
    fi
    [ -d target/test-classes/io/holdfast/perf ] || mvn -q -B -ntp test-compile || die "mvn test-compile failed"
    CLASSES=target/test-classes:target/classes:$(cat "$OUT/classpath")
    GUEST_CLASSES=target/test-classes:$(cat "$OUT/classpath") # with the agent, whose jar must be found first
    WORK=$(mktemp -d)
    head -c 4096 /dev/urandom >"$WORK/4k"
    trap 'cleanup' EXIT
    trap 'exit 130' INT TERM HUP
    build_network
}

# Not for the background: $! would be a shell's.
in_client() { ip netns exec "$CLIENT" "$@"; }
in_server() { ip netns exec "$SERVER" "$@"; }
# cubic on every route: namespaces other than the first may not choose a default that it has not allowed
cubic() { ip -n "$1" route change "$2" dev "$3" src "$4" congctl cubic || echo "perf: $1: no cubic on $2" >&2; }

build_network() {
    local ns i
    for ns in "$CLIENT" "$SERVER"; do
        ip netns add "$ns" || die "cannot make a network namespace"
        ip netns exec "$ns" ip link set lo up
        ip netns exec "$ns" sysctl -qw net.ipv4.ip_local_port_range="1024 65535"
        ip netns exec "$ns" sysctl -qw net.ipv4.tcp_tw_reuse=1
        ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
        ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
        # The default of 4096 half-open and queued connections a listener is what the samples ask for.
        ip netns exec "$ns" sysctl -qw net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096
    done
    ip link add "hfpc$$" netns "$CLIENT" type veth peer name "hfps$$" netns "$SERVER" || die "cannot make a veth pair"
    in_client ip addr add 10.79.0.1/24 dev "hfpc$$"
    in_server ip addr add 10.79.0.2/24 dev "hfps$$"
    in_client ip link set "hfpc$$" up
    in_server ip link set "hfps$$" up
    cubic "$CLIENT" 10.79.0.0/24 "hfpc$$" 10.79.0.1
    cubic "$SERVER" 10.79.0.0/24 "hfps$$" 10.79.0.2
    for i in 0 1 2 3; do
        in_client ip tuntap add dev "hf$i" mode tap
        in_client ip addr add "10.79.$((i + 1)).1/24" dev "hf$i"
        in_client ip link set "hf$i" up
        cubic "$CLIENT" "10.79.$((i + 1)).0/24" "hf$i" "10.79.$((i + 1)).1"
    done
}

wants() { [[ " $STACKS " == *" $1 "* ]]; }

# NAME PORT INDEX: starts the sample on both
start_sample() {
    local name=$1 port=$2 index=$3
    wants holdfast && start_ours "$name" "$port" "$index"
    wants kernel || return 0
    ip netns exec "$SERVER" "$JAVA" -Xmx256m -jar $JAR sample "$name" --kernel --port "$port" >"$WORK/$name.kernel" 2>&1 &
    PIDS+=($!); eval "${name}_kernel=$!"
    await_line "$WORK/$name.kernel" "$name at"
}

start_ours() {
    local name=$1 port=$2 index=$3
    ip netns exec "$CLIENT" "$JAVA" -Xmx256m ${PERF_OPTS:-} -jar $JAR sample "$name" --device "hf$index" --address "10.79.$((index + 1)).100/24" \
        --port "$port" --control "$WORK/$name.sock" ${4:-} >"$WORK/$name.holdfast" 2>&1 &
    PIDS+=($!); eval "${name}_holdfast=$!"
    await_line "$WORK/$name.holdfast" "$name at"
}

start_netty() {
    wants holdfast && start_netty_ours
    wants kernel || return 0
    ip netns exec "$SERVER" "$JAVA" -Xmx512m -cp "$CLASSES" io.holdfast.lab.server.NettyHttpServer 10.79.0.2 8080 "$WORK" \
        >"$WORK/netty.kernel" 2>&1 &
    PIDS+=($!)
    await_line "$WORK/netty.kernel" listening
}

start_netty_ours() {
    printf 'link.device=hf3\nstack.addresses=10.79.4.100\nstack.prefix=24\n' >"$WORK/netty.properties"
    ip netns exec "$CLIENT" "$JAVA" -Xmx512m -javaagent:$JAR="$WORK/netty.properties" -cp "$GUEST_CLASSES" \
        io.holdfast.lab.server.NettyHttpServer 10.79.4.100 8080 "$WORK" >"$WORK/netty.holdfast" 2>&1 &
    PIDS+=($!)
    await_line "$WORK/netty.holdfast" listening
}

await_line() {
    local i
    for i in $(seq 200); do
        grep -q "$2" "$1" 2>/dev/null && return
        sleep 0.05
    done
    cat "$1" >&2
    die "$(basename "$1") did not start"
}

# STACK NAME -> host of that server
host() {
    if [ "$1" = kernel ]; then echo 10.79.0.2; return; fi
    case $2 in discard) echo 10.79.1.100;; chargen) echo 10.79.2.100;; echo) echo 10.79.3.100;; netty) echo 10.79.4.100;; esac
}

client() { in_client timeout "$LIMIT_S" "$@" || echo "perf: failed: ${*: -5}" >&2; }
java_client() { client "$JAVA" -Xmx256m -XX:TieredStopAtLevel=4 -cp "$CLASSES" io.holdfast.perf.PerfClient "$@"; }
pinned_java_client() {
    in_client timeout "$LIMIT_S" taskset -c 0 "$JAVA" -Xmx256m -cp "$CLASSES" io.holdfast.perf.PerfClient "$@" ||
        echo "perf: failed: pinned $*" >&2
}

wrk_rate() { # URL SECONDS CONNECTIONS
    client wrk -t1 -c "$3" -d "${2}s" "$1" >"$WORK/wrk.out"
    grep -E "Socket errors|Non-2xx" "$WORK/wrk.out" >&2
    awk '/Requests\/sec/ {print "wrk-netty-requests/s", $2}' "$WORK/wrk.out"
}

# STACK SECONDS-PER-FIGURE: lines METRIC VALUE
measure() {
    local stack=$1 seconds=$2 pid
    java_client in "$(host "$stack" discard)" 9 "$seconds"
    java_client out "$(host "$stack" chargen)" 19 "$seconds"
    java_client pingpong "$(host "$stack" echo)" 7 "$seconds" | sed 's/^/pingpong-apart-/'
    eval "pid=\$echo_$stack"
    taskset -apc 0 "$pid" >/dev/null
    pinned_java_client pingpong "$(host "$stack" echo)" 7 "$seconds" | sed 's/^/pingpong-pinned-/'
    taskset -apc 0-$(($(nproc) - 1)) "$pid" >/dev/null
    java_client connections "$(host "$stack" echo)" 7 "$seconds" 1
    java_client connections "$(host "$stack" echo)" 7 "$seconds" 8
    wrk_rate "http://$(host "$stack" netty):8080/" "$((${seconds%.*} + 1))" 32
}

quick() {
    command -v wrk >/dev/null || die "needs wrk (apt-get install wrk)"
    local round stack order
    start_sample discard 9 0
    start_sample chargen 19 1
    start_sample echo 7 2
    start_netty
    for stack in $STACKS; do measure $stack 1 >/dev/null; done # compiles what is hot
    : >"$OUT/quick.tsv"
    for round in $(seq "$ROUNDS"); do
        [ $SECONDS -lt "$BUDGET_S" ] || { echo "perf: out of time after $((round - 1)) rounds" >&2; break; }
        if [ $((round % 2)) -eq 1 ]; then order="holdfast kernel"; else order="kernel holdfast"; fi
        for stack in $order; do
            wants "$stack" || continue
            measure "$stack" 1 | sed "s/^/$round $stack /" >>"$OUT/quick.tsv"
        done
    done
    echo "$(nproc) CPUs, Linux $(uname -r), $("$JAVA" -version 2>&1 | sed -n '2p'), client: kernel, cubic, MTU 1500"
    "$JAVA" -cp "$CLASSES" io.holdfast.perf.PerfReport "$OUT/quick.tsv"
    echo "took $SECONDS s; raw figures in $OUT/quick.tsv"
}

allocation() {
    local mode port seconds=${1:-8}
    echo "bytes allocated by all threads of the server's process per TCP segment in and out, after ${seconds}/2 s warm-up"
    for mode in discard:in chargen:out echo:pingpong; do
        ip netns exec "$CLIENT" "$JAVA" -Xmx256m $EXPORTS -cp "$CLASSES" io.holdfast.perf.AllocationServer "${mode%%:*}" hf0 10.79.1.100 7000 \
            "$seconds" >"$WORK/allocation" 2>"$WORK/allocation.err" &
        local pid=$!
        PIDS+=($pid)
        await_line "$WORK/allocation" listening
        # The server ends first, and takes the device with it.
        ip netns exec "$CLIENT" "$JAVA" -Xmx256m -cp "$CLASSES" io.holdfast.perf.PerfClient "${mode##*:}" 10.79.1.100 7000 "$((seconds + 5))" \
            >/dev/null 2>&1 &
        local load=$!
        PIDS+=($load)
        wait $pid || { cat "$WORK/allocation.err" >&2; }
        kill $load 2>/dev/null
        wait $load 2>/dev/null
        grep "bytes a segment" "$WORK/allocation"
    done
}

wrk_alone() {
    LIMIT_S=$((${1:-30} + 15))
    command -v wrk >/dev/null || die "needs wrk (apt-get install wrk)"
    local seconds=${1:-30} connections=${2:-256}
    ip netns exec "$CLIENT" "$JAVA" -Xmx512m -jar $JAR sample web --root "$WORK" --device hf0 --address 10.79.1.100/24 --port 8080 \
        --control "$WORK/web.sock" >"$WORK/web.holdfast" 2>&1 &
    PIDS+=($!)
    await_line "$WORK/web.holdfast" "web at"
    start_netty_ours
    echo "== web sample (JDK HttpServer), a 4 KiB file"
    client wrk -t2 -c "$connections" -d "${seconds}s" http://10.79.1.100:8080/4k
    echo "== Netty, a greeting"
    client wrk -t2 -c "$connections" -d "${seconds}s" http://10.79.4.100:8080/
}

case ${1:-} in
    quick) prepare "$@"; quick;;
    allocation) prepare "$@"; shift; allocation "$@";;
    wrk) prepare "$@"; shift; wrk_alone "$@";;
    overhead) exec perf/overhead.sh;;
    startup) shift; exec perf/startup.sh "$@";;
    unused) exec perf/unused.sh;;
    soak-overflow) shift; exec perf/soak-overflow.sh "$@";;
    soak-faults) exec perf/soak-faults.sh;;
    soak-crashes) shift; exec perf/soak-crashes.sh "$@";;
    soak-worlds) shift; exec perf/soak-worlds.sh "$@";;
    soak-availability) shift; exec perf/soak-availability.sh "$@";;
    *) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 2;;
esac
