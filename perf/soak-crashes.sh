#!/usr/bin/env bash
# What the test command does with one seed, with many: a host of the simulated pair dies at every event of every scenario, and
# in random worlds. Needs neither root nor a lab.
#
#   perf/run.sh soak-crashes [SEED [SEEDS]]
#
#   SEED   where to begin; by default another one every time, which is printed
#   SEEDS  how many, 10 by default: of each some 60,000 crash points and 50,000 random ones, in about 5 minutes on 2 cores
#
# A failure names the command that repeats its crash. Exit status 0 if there was none. Environment: VARIANTS (5: so many
# delays of detection and remains of the log at each event).
set -u
cd "$(dirname "$0")/.." || exit 1

SEED=${1:-$(date +%s)}
SEEDS=${2:-10}
VARIANTS=${VARIANTS:-5}
echo "soak-crashes: SEED=$SEED SEEDS=$SEEDS VARIANTS=$VARIANTS; again: VARIANTS=$VARIANTS perf/run.sh soak-crashes $SEED $SEEDS"
mvn -B -ntp -Dtest='CrashTest,CrashWorldsTest' -Dsurefire.failIfNoSpecifiedTests=false \
    -Dholdfast.sim.first="$SEED" -Dholdfast.sim.seeds="$SEEDS" -Dholdfast.sim.variants="$VARIANTS" \
    -Dholdfast.sim.from=$((SEED * 1000)) -Dholdfast.sim.crashes=$((SEEDS * 50000)) test
status=$?
if [ $status -eq 0 ]; then echo "soak-crashes: PASS, seeds $SEED to $((SEED + SEEDS - 1))"; else echo "soak-crashes: FAIL"; fi
exit $status
