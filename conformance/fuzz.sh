#!/usr/bin/env bash
# Fuzzes what comes from outside with Jazzer, guided by coverage, from the corpus in the repository.
#
#   conformance/fuzz.sh TARGET [SECONDS]     frames, options, replication, properties; 600 s
#
# Its findings are written to target/conformance/fuzz-TARGET; a crash that is fixed goes into conformance/corpus/TARGET.
set -u
cd "$(dirname "$0")/.." || exit 1
JAZZER=0.24.0
TARGET=${1:-}
SECONDS_TO_RUN=${2:-600}
OUT=target/conformance

die() { echo "fuzz: $*" >&2; exit 2; }

case $TARGET in
    frames | options | replication | properties) ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
mkdir -p "$OUT/fuzz-$TARGET" "$OUT/jazzer"
if [ ! -s "$OUT/classpath" ] || [ pom.xml -nt "$OUT/classpath" ]; then
    mvn -q -B -ntp dependency:build-classpath -Dmdep.outputFile="$OUT/classpath" -Dmdep.includeScope=test ||
        die "mvn dependency:build-classpath failed"
fi
[ -d target/test-classes/io/holdfast/conformance/robustness ] || mvn -q -B -ntp test-compile || die "mvn test-compile failed"
if [ ! -s "$OUT/jazzer/jazzer-$JAZZER.jar" ]; then
    for artifact in jazzer jazzer-api; do
        mvn -q -B -ntp dependency:copy -Dartifact="com.code-intelligence:$artifact:$JAZZER" -DoutputDirectory="$OUT/jazzer" ||
            die "cannot get $artifact"
    done
fi
CLASS=$(tr '[:lower:]' '[:upper:]' <<<"${TARGET:0:1}")${TARGET:1}Target
[ "$TARGET" = frames ] && CLASS=FrameTarget
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" @src/build/jvm.options -Xmx2g \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "$OUT/jazzer/*:target/test-classes:target/classes:$(cat "$OUT/classpath")" com.code_intelligence.jazzer.Jazzer \
    --target_class="io.holdfast.conformance.robustness.$CLASS" --instrumentation_includes='io.holdfast.**' \
    --reproducer_path="$OUT/fuzz-$TARGET" -artifact_prefix="$OUT/fuzz-$TARGET/" -max_total_time="$SECONDS_TO_RUN" \
    -rss_limit_mb=4000 "$OUT/fuzz-$TARGET" "conformance/corpus/$TARGET"
