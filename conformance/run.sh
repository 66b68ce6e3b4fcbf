#!/usr/bin/env bash
# Runs the conformance scripts: on Holdfast in virtual time, and on the kernel, each script in a namespace of its own (root).
#
#   conformance/run.sh [--on holdfast|linux|both] [TOPIC|SCRIPT...]     for example: close, reset/syn-challenged
#
#   conformance/run.sh --fuzz 10000 [--seed 1]    generated sequences, compared; what differs is kept in target/conformance/fuzz
#   conformance/run.sh --record holdfast|linux [TOPIC|SCRIPT...]    what a side does, as a script
#
# Writes target/conformance/report.html. A difference between the two is a failure unless conformance/DIFFERENCES.md declares it.
set -u
cd "$(dirname "$0")/.." || exit 1
OUT=target/conformance
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java

die() { echo "conformance: $*" >&2; exit 2; }

mkdir -p "$OUT"
if [ ! -s "$OUT/classpath" ] || [ pom.xml -nt "$OUT/classpath" ]; then
    mvn -q -B -ntp dependency:build-classpath -Dmdep.outputFile="$OUT/classpath" -Dmdep.includeScope=test \
        >"$OUT/classpath.log" 2>&1 || die "mvn dependency:build-classpath failed, see $OUT/classpath.log"
fi
if [ ! -e target/test-classes/io/holdfast/conformance/Conformance.class ] ||
    [ -n "$(find src/main conformance/java -newer target/test-classes/io/holdfast/conformance/Conformance.class -name '*.java' -print -quit)" ]; then
    mvn -q -B -ntp test-compile || die "mvn test-compile failed"
    touch target/test-classes/io/holdfast/conformance/Conformance.class
fi
exec "$JAVA" @src/build/jvm.options -Xmx1g \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "target/test-classes:target/classes:$(cat "$OUT/classpath")" \
    io.holdfast.conformance.Conformance "$@"
