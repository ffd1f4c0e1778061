#!/usr/bin/env bash
# Everything a change has to pass: lint, build, Swift tests, end-to-end tests. A failure anywhere is a failure, but
# the later steps still run, so that one go tells everything. Prints what each step really counted.
set -uo pipefail
cd "$(dirname "$0")/../.."

scripts=deploy/scripts
results=.build/test-results
export SWIFT_BACKTRACE=enable=no
# Tests start servers and wait for them; all of them at once would leave none enough of the two cores.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12
failed=()
began=$SECONDS
budget=1500 # seconds for everything; a step gets its own limit or what is left of this

"$scripts/prepare-build.sh" run test && "$scripts/python-environment.sh" || exit 1
rm -rf "$results"
mkdir -p "$results"

step() {
    local name=$1 limit=$2 start=$SECONDS left=$((budget - SECONDS))
    shift 2
    if [ "$left" -lt "$limit" ]; then limit=$((left > 1 ? left : 1)); fi
    echo "== $name"
    if timeout --kill-after=10 "$limit" "$@" 2>&1 | tee "$results/$name.log"; then
        echo "== $name: passed in $((SECONDS - start)) s"
    else
        echo "== $name: FAILED after $((SECONDS - start)) s (limit $limit s)"
        failed+=("$name")
    fi
}

# The counts come from the reports of the runners. No report, or one that counts nothing, is a failure.
count() {
    local name=$1 report=$2
    .venv/bin/python "$scripts/count-tests.py" "$name" "$report" && return
    case " ${failed[*]} " in *" $name "*) ;; *) failed+=("$name") ;; esac
}

step lint 120 "$scripts/lint.sh"
step build 700 swift build --build-tests
step swift-tests 600 swift test --skip-build --parallel --xunit-output "$results/swift.xml"
step end-to-end 1000 .venv/bin/pytest Tests/EndToEnd --junit-xml="$results/end-to-end.xml"

echo
count swift-tests "$results/swift-swift-testing.xml"
count end-to-end "$results/end-to-end.xml"
echo "Took $((SECONDS - began)) s."
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}"
    exit 1
fi
echo "All passed."
