#!/usr/bin/env bash
# What the agent adds to the start of a JVM: until main begins, and until a first request is answered. A program that does
# nothing else (StartupServer), with the agent and without, by turns, replication off; a minute.
#
#   perf/run.sh startup [JAR]...   JARs beside target/holdfast.jar take part, too: an older build, perhaps
#
# Environment: ROUNDS (15), JAVA_HOME, JAVA_FLAGS (of all JVMs alike).
set -u
cd "$(dirname "$0")/.." || exit 1

JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
NS=hfs-$$
WORK=

die() { echo "startup: $*" >&2; exit 1; }

cleanup() {
    trap - EXIT INT TERM HUP
    local pid
    for pid in $(ip netns pids "$NS" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
    ip netns del "$NS" 2>/dev/null
    rm -rf "$WORK"
}

[ "$(id -u)" -eq 0 ] || die "needs root (a network namespace)"
[ -f target/holdfast.jar ] || die "no target/holdfast.jar: run mvn package first"
[ -f target/test-classes/io/holdfast/perf/StartupClient.class ] || die "no test classes: run mvn package first"
WORK=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
ip netns add "$NS" || die "cannot make a network namespace"
ip -n "$NS" link set lo up
ip -n "$NS" tuntap add dev hf0 mode tap
ip -n "$NS" addr add 10.79.1.1/24 dev hf0
ip -n "$NS" link set hf0 up
printf 'link.device=hf0\nstack.addresses=10.79.1.100\nstack.prefix=24\n' >"$WORK/config"
# Of its own: a class path of many jars takes time that is none of the agent's.
mkdir -p "$WORK/classes/io/holdfast"
cp -r target/test-classes/io/holdfast/perf "$WORK/classes/io/holdfast/"
commands=(+ plain 127.0.0.1 "$JAVA" ${JAVA_FLAGS:-} -cp "$WORK/classes" io.holdfast.perf.StartupServer 127.0.0.1 8080)
for jar in target/holdfast.jar "$@"; do
    commands+=(+ "$(basename "$jar" .jar)" 10.79.1.100 "$JAVA" ${JAVA_FLAGS:-} "-javaagent:$jar=$WORK/config" -cp "$WORK/classes"
        io.holdfast.perf.StartupServer 10.79.1.100 8080)
done
echo "$(nproc) CPUs, Linux $(uname -r), $("$JAVA" -version 2>&1 | sed -n '2p'), load $(cut -d' ' -f1-3 /proc/loadavg)"
HOLDFAST_RUN=$WORK ip netns exec "$NS" "$JAVA" -XX:TieredStopAtLevel=1 -cp "$WORK/classes" io.holdfast.perf.StartupClient \
    "${ROUNDS:-15}" 8080 "${commands[@]}"
