#!/usr/bin/env bash
# How many questions about paths are answered in a second, on one core, in an account with a thousand
# security groups of a hundred rules, a hundred subnets and fifty endpoints; and how much memory that takes.
#
#   benches/paths.sh
#
# Needs cargo. Only this crate is built with the optimisation that it ships with: what it depends on has
# little to do here. Fails below 10,000 questions a second; a test holds the memory to 64 MiB.
set -euo pipefail
cd "$(dirname "$0")/.."

told=$(cargo test --locked --config 'profile.dev.package.ecr-probe.opt-level="z"' --test path -- \
    --nocapture --test-threads 1 large) || { printf '%s\n' "$told"; exit 1; }
grep -E 'questions a second|KiB' <<< "$told"
awk '/questions a second/ { exit $1 < 10000 }' <<< "$told"
