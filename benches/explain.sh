#!/usr/bin/env bash
# How many stopped reasons `ecr-probe explain -` judges in a second, on one core.
#
#   benches/explain.sh [REASONS [ROUNDS]]          (100000 and 5)
#
# The reasons are those of tests/explain/stop-reasons.jsonl, over and over, one JSON line each as a
# task has them. Prints the median of wall and CPU time after a warm-up round, reasons a second by
# both, and the peak of resident memory, which does not grow with their number. On a machine that is
# busy otherwise CPU time tells, and wall time does not. Fails above 8 MiB of resident memory, most of which is the
# program's text: scripts/text-order says which functions stand together.
#
# Needs cargo, python3 and time. PROBE names the binary to measure; without it the static one is
# built. Where there is taskset, everything runs on one core.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly LARGEST_PEAK=8
reasons=${1:-100000}
rounds=${2:-5}
probe=${PROBE:-$(scripts/build-static | tail -1 | cut -d' ' -f1)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$reasons" > "$work/reasons.jsonl" << 'END'
import itertools
import json
import sys

with open("tests/explain/stop-reasons.jsonl", encoding="utf-8") as corpus:
    lines = [json.dumps({"stoppedReason": json.loads(line)["text"]}) for line in corpus]
for line in itertools.islice(itertools.cycle(lines), int(sys.argv[1])):
    print(line)
END

pin=()
if command -v taskset > /dev/null; then
    pin=(taskset -c 0)
fi

# Wall, user and system seconds and peak KiB of one run.
measure() {
    # The exit code tells of the reasons, of which many are of faults.
    /usr/bin/time --quiet --format '%e %U %S %M' --output "$work/time" \
        "${pin[@]}" "$probe" explain - --output json < "$work/reasons.jsonl" > "$work/answers.jsonl" || true
    local answers
    answers=$(wc -l < "$work/answers.jsonl")
    if [[ $answers -ne $reasons ]]; then
        printf '%s reasons, and %s answers\n' "$reasons" "$answers" >&2
        exit 1
    fi
    cat "$work/time"
}

measure > /dev/null
for _ in $(seq "$rounds"); do measure; done > "$work/times"

median() { sort --numeric-sort | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
wall=$(awk '{ print $1 }' "$work/times" | median)
cpu=$(awk '{ print $2 + $3 }' "$work/times" | median)
peak=$(awk '{ print $4 / 1024 }' "$work/times" | median)
printf '%-16s %8s %8s %12s %12s %9s\n' "$reasons reasons" 'wall s' 'CPU s' 'per wall s' 'per CPU s' 'peak MiB'
awk -v wall="$wall" -v cpu="$cpu" -v peak="$peak" -v reasons="$reasons" \
    'BEGIN { printf "%-16s %8.2f %8.2f %12.0f %12.0f %9.1f\n", "", wall, cpu, reasons / wall, reasons / cpu, peak }'
awk -v peak="$peak" -v largest="$LARGEST_PEAK" 'BEGIN { exit peak > largest }' || {
    printf 'explain takes more than %s MiB\n' "$LARGEST_PEAK" >&2
    exit 1
}
