#!/usr/bin/env bash
# What replication costs: the same server, by turns, in modes hot and cold, with replication off, and on the kernel.
#
#   perf/run.sh overhead     some four minutes; prints medians, and ratios to off
#
# Four labs stand side by side, each with its server (and backup) up and warm, so that modes can take turns within seconds;
# those that wait their turn cost their heartbeats. All go the same way: client - LAN - host a. The client is the kernel's
# (cubic), the replication link TLS unless LINK=plain. CPU is user and system time of the primary's process over the bytes
# that it moved; what a kernel does for a sender within its call, up to the client's socket, is counted there on both sides.
# A round of a mode that lost its protection meanwhile is not counted, but told.
#
# Environment: ROUNDS (8), BUDGET_S (240: no further round begins after it), SIZE_MB (512), LINK (tls), MODES, OVERHEAD_OUT.
# Of MODES, by-connection is hot with replication.order = connection: beside hot, it tells what causal order costs.
set -u
cd "$(dirname "$0")/.." || exit 1

ROUNDS=${ROUNDS:-8}
BUDGET_S=${BUDGET_S:-240}
SIZE_MB=${SIZE_MB:-512}
LINK=${LINK:-tls}
MODES=${MODES:-kernel off hot cold}
OUT=${OVERHEAD_OUT:-target/perf}
LIMIT_S=20 # no client runs longer
LAB=tap-setup/lab.sh
JAR=target/holdfast.jar
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
TICKS=$(getconf CLK_TCK)
WORK=
PIDS=()
declare -A PRIMARY

die() { echo "overhead: $*" >&2; exit 1; }
prefix() { echo "o${1:0:1}$(($$ % 100000))"; } # a letter for each mode
lab() { HOLDFAST_LAB_PREFIX=$(prefix "$1") "$LAB" "${@:2}"; }
client() { ip netns exec "$(prefix "$1")-client" timeout "$LIMIT_S" "${@:2}"; }
address() { [ "$1" = kernel ] && echo 10.77.0.11 || echo 10.77.0.100; }

cleanup() {
    trap - EXIT INT TERM HUP
    local pid mode log
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null; done
    for mode in $MODES; do lab "$mode" down; done # ends what still runs in it
    [ -n "$WORK" ] || return
    for log in "$WORK"/*/log; do cp "$log" "$OUT/$(basename "$(dirname "$log")").log" 2>/dev/null; done
    rm -rf "$WORK"
}

prepare() {
    [ "$(id -u)" -eq 0 ] || die "needs root (network namespaces)"
    local tool
    for tool in curl wrk awk; do command -v $tool >/dev/null || die "needs $tool, see tap-setup/check.sh"; done
    [ -f "$JAR" ] || die "no $JAR: run mvn package first"
    mkdir -p "$OUT"
    if [ ! -s "$OUT/classpath" ] || [ pom.xml -nt "$OUT/classpath" ]; then
        mvn -q -B -ntp dependency:build-classpath -Dmdep.outputFile="$OUT/classpath" -Dmdep.includeScope=test \
            >"$OUT/classpath.log" 2>&1 || die "mvn dependency:build-classpath failed, see $OUT/classpath.log"
    fi
    [ -f target/test-classes/io/holdfast/perf/OverheadServer.class ] || die "no test classes: run mvn package first"
    CLASSES=target/test-classes:target/classes:$(cat "$OUT/classpath")
    GUEST_CLASSES=target/test-classes:$(cat "$OUT/classpath") # with the agent, whose jar must be found first
    WORK=$(mktemp -d)
    truncate -s "${SIZE_MB}M" "$WORK/zeros"
    "$JAVA" -jar "$JAR" keys --cluster overhead --nodes a,b --out "$WORK/keys" >/dev/null || die "no keys"
    trap cleanup EXIT
    trap 'exit 130' INT TERM HUP
    local mode
    for mode in $MODES; do
        lab "$mode" up || die "no lab"
        ip -n "$(prefix "$mode")-client" route change 10.77.0.0/24 dev eth0 src 10.77.0.1 congctl cubic \
            || die "no cubic at the client"
        ip -n "$(prefix "$mode")-a" route change 10.77.0.0/24 dev br0 src 10.77.0.11 congctl cubic || die "no cubic on a"
        start "$mode" a primary 11 12
        case $mode in hot | cold | by-connection) start "$mode" b backup 12 11;; esac
    done
    for mode in $MODES; do await "$mode"; done
}

# MODE HOST PREFER OWN PEER
start() {
    local mode=$1 host=$2 directory=$WORK/$1-$2 agent=()
    mkdir "$directory"
    if [ "$mode" != kernel ]; then
        printf 'link.device=hf0\nstack.addresses=10.77.0.100\nstack.prefix=24\n' >"$directory/config"
        agent=("-javaagent:$JAR=$directory/config")
    fi
    case $mode in hot | cold | by-connection)
        local how=$mode order=causal
        [ "$mode" != by-connection ] || { how=hot order=connection; }
        cat >>"$directory/config" <<EOF
replication.mode=$how
replication.order=$order
replication.cluster=overhead
replication.node=$host
replication.prefer=$3
replication.listen=10.78.0.$4:7401
replication.peer=10.78.0.$5:7401
replication.service_listen=10.77.0.$4:7402
replication.service_peer=10.77.0.$5:7402
replication.history_dir=$directory/history
replication.security=$LINK
replication.certificate=$WORK/keys/$host.crt
replication.key=$WORK/keys/$host.key
replication.trust=$WORK/keys/trust.pem
EOF
    esac
    HOLDFAST_RUN=$directory ip netns exec "$(prefix "$mode")-$host" "$JAVA" -Xmx1g "${agent[@]}" \
        -Dsun.net.httpserver.nodelay=true -cp "$GUEST_CLASSES" io.holdfast.perf.OverheadServer "$(address "$mode")" 8080 7 \
        >"$directory/log" 2>&1 &
    PIDS+=($!)
    [ "$host" = b ] || PRIMARY[$mode]=$!
}

# MODE: can its failure be survived? Where there is nothing to protect, always.
protected() {
    case $1 in hot | cold | by-connection) ;; *) return 0;; esac
    "$JAVA" -XX:TieredStopAtLevel=1 -jar "$JAR" status --json --control "$WORK/$1-a/${PRIMARY[$1]}.sock" 2>/dev/null \
        | tr -d ' \n' | sed 's/"peer":{.*//' | grep -q '"role":"PRIMARY"' # its own: the peer has one, too
}

await() {
    local i log=$WORK/$1-a/log
    for i in $(seq 150); do
        grep -q listening "$log" && protected "$1" && return
        sleep 0.2
    done
    tail -20 "$log" >&2
    die "mode $1 did not start"
}

# MODE: CPU of its primary so far, in ticks
ticks() { sed 's/.*) //' "/proc/${PRIMARY[$1]}/stat" | awk '{print $12 + $13}'; }

# MODE NAME CURL-ARGUMENTS...: throughput, and CPU over the bytes
bulk() {
    local mode=$1 name=$2 before seconds
    before=$(ticks "$mode")
    seconds=$(client "$mode" curl -sSf -o /dev/null -w '%{time_total}' "${@:3}") || { echo "overhead: $mode: $name failed" >&2; return; }
    awk -v b="$before" -v a="$(ticks "$mode")" -v s="$seconds" -v m="$SIZE_MB" -v t="$TICKS" -v n="$name" 'BEGIN {
        printf "%s-MiB/s %.2f\n%s-CPU-ns/KiB %.1f\n", n, m / s, n, (a - b) / t * 1e9 / (m * 1024) }'
}

# MODE: lines METRIC VALUE
measure() {
    local mode=$1 url=http://$(address "$1"):8080 before
    bulk "$mode" down "$url/down/$((SIZE_MB << 20))"
    bulk "$mode" up -H Expect: -T "$WORK/zeros" "$url/up"
    before=$(ticks "$mode")
    client "$mode" wrk -t1 -c32 -d2s --latency "$url/" >"$WORK/wrk"
    grep -E "Socket errors|Non-2xx" "$WORK/wrk" >&2
    awk -v b="$before" -v a="$(ticks "$mode")" -v t="$TICKS" '/Requests\/sec/ { print "wrk-requests/s", $2 }
        / requests in / { printf "wrk-CPU-us/request %.2f\n", (a - b) / t * 1e6 / $1 }' "$WORK/wrk"
    client "$mode" "$JAVA" -Xmx256m -XX:TieredStopAtLevel=4 -cp "$CLASSES" io.holdfast.perf.PerfClient pingpong \
        "$(address "$mode")" 7 1 | sed 's/^/pingpong-/'
}

prepare
echo "up after $SECONDS s" >&2
for i in 1 2; do for mode in $MODES; do measure "$mode" >/dev/null; done; done # compiles what is hot
echo "warm after $SECONDS s" >&2
: >"$OUT/overhead.tsv"
order=($MODES)
for round in $(seq "$ROUNDS"); do
    [ $SECONDS -lt "$BUDGET_S" ] || { echo "overhead: out of time after $((round - 1)) rounds" >&2; break; }
    for mode in "${order[@]}"; do
        protected "$mode" || { echo "overhead: round $round: $mode was not protected before it" >&2; continue; }
        measure "$mode" >"$WORK/figures"
        if protected "$mode"; then
            sed "s/^/$round $mode /" "$WORK/figures" >>"$OUT/overhead.tsv"
        else
            echo "overhead: round $round: $mode lost its protection, not counted" >&2
        fi
    done
    order=("${order[@]:1}" "${order[0]}") # whoever was first is last
done
echo "$(nproc) CPUs, Linux $(uname -r), $("$JAVA" -version 2>&1 | sed -n '2p'), client: kernel, cubic, MTU 1500, link $LINK, $SIZE_MB MiB"
"$JAVA" -cp "$CLASSES" io.holdfast.perf.OverheadReport "$OUT/overhead.tsv"
echo "took $SECONDS s; raw figures in $OUT/overhead.tsv, the servers' logs beside it"
