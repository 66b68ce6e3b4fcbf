#!/usr/bin/env bash
# What the test command does with few seeds, with many: a single fault in every state of the simulated pair, or of three hosts, after which
# clients must be served again within the bound (LivenessTest), and random worlds of faults (membership.sim.WorldsTest). Needs neither root nor a lab.
#
#   perf/run.sh soak-worlds [SEED [WORLDS]]
#
#   SEED    where to begin; by default another one every time, which is printed
#   WORLDS  how many of liveness, 100,000 by default; as many of each of the five random kinds, of which three are of three hosts
#
# A failure says its seed. Exit status 0 if there was none.
set -u
cd "$(dirname "$0")/.." || exit 1

SEED=${1:-$(date +%s)}
WORLDS=${2:-100000}
PER_SEED=90 # states x faults x hosts
SEEDS=$(((WORLDS + PER_SEED - 1) / PER_SEED))
echo "soak-worlds: SEED=$SEED, $((SEEDS * PER_SEED)) worlds of liveness, $WORLDS of each random kind; again: perf/run.sh soak-worlds $SEED $WORLDS"
mvn -q -B -ntp -DskipLab -Dtest='io.holdfast.membership.sim.LivenessTest,io.holdfast.membership.sim.WorldsTest' \
    -Dsurefire.failIfNoSpecifiedTests=false -Dholdfast.liveness.first="$SEED" -Dholdfast.liveness.seeds="$SEEDS" \
    -Dholdfast.membership.first="$SEED" -Dholdfast.membership.worlds="$WORLDS" test
status=$?
if [ $status -eq 0 ]; then echo "soak-worlds: PASS, in $SECONDS s"; else echo "soak-worlds: FAIL, in $SECONDS s"; fi
exit $status
