#!/usr/bin/env bash
# Measures a release build beside a reference in the same run (docs/performance.md) and prints the figures. Takes two to
# three minutes after the build; it is no test: it fails only when something could not be measured. Nothing else should
# run meanwhile.
#
#   bench.sh [--record] [--keep] [--only B1,B2,B3,B4,B6,B7,B8]      --record puts their figures into docs/performance.md
set -euo pipefail
cd "$(dirname "$0")/../.."

options=()
for option in "$@"; do
    if [ "$option" = --record ]; then options+=(--record docs/performance.md); else options+=("$option"); fi
done

deploy/scripts/prepare-build.sh run bench
swift build -c release
mkdir -p .build/bench
exec python3 Tests/Benchmarks/bench.py "$(swift build -c release --show-bin-path)" .build/bench ${options[@]+"${options[@]}"}
