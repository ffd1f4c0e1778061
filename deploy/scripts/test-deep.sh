#!/usr/bin/env bash
# What is too slow for every change, in parts that say how long they took.
#
#   test-deep.sh [thread] [address] [loops]      only these parts
#
# thread, address: the Swift tests under that sanitizer, each in a scratch folder of its own, and then both services
# built with it under those end-to-end tests that make them do the most at once. loops: crash loops, walk and deadlines
# at full length.
set -uo pipefail
cd "$(dirname "$0")/../.."

export SWIFT_BACKTRACE=enable=no
# Sanitized code is slow, and many tests wait for something with a deadline.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
busy_tests=(parallel seed_reset_unlock reset_crash enrollment keys http_corpus)
failed=()
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(thread address loops)

deploy/scripts/prepare-build.sh run test && deploy/scripts/python-environment.sh || exit 1

step() {
    local name=$1 start=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        echo "== $name: passed in $((SECONDS - start)) s"
    else
        echo "== $name: FAILED after $((SECONDS - start)) s"
        failed+=("$name")
        return 1
    fi
}

limited() {
    timeout --kill-after=10 "$@"
}

# What a sanitizer finds in a service is in a file of its own, whatever becomes of the process. libfaketime and a
# sanitizer both want to be first at the clock, and neither starts: slow requests are cut at the clock's own speed here.
services() (
    local sanitizer=$1 folder=$PWD/.build-$1/reports passed=0
    local tests=("${busy_tests[@]/#/Tests/EndToEnd/test_}")
    rm -rf "$folder" && mkdir -p "$folder"
    export LATCHKEY_PATIENCE=10 LATCHKEY_BIN=$PWD/.build-$sanitizer/debug TSAN_OPTIONS=log_path=$folder/report
    export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0:log_path=$folder/report
    limited 3600 .venv/bin/pytest "${tests[@]/%/.py}" -k "not slow_requests" || passed=1
    limited 600 .venv/bin/pytest Tests/EndToEnd/test_http_corpus.py -m deep -k slow_requests || passed=1
    [ -z "$(ls "$folder")" ] || { cat "$folder"/*; return 1; }
    return $passed
)

sanitize() {
    local sanitizer=$1
    local build=(--sanitize="$sanitizer" --scratch-path ".build-$sanitizer")
    step "$sanitizer: build" limited 3600 swift build --build-tests "${build[@]}" || return
    # The test runner itself leaks a little, so leaks are not counted in it.
    ASAN_OPTIONS=detect_leaks=0 step "$sanitizer: Swift tests" limited 3600 swift test --skip-build "${build[@]}"
    step "$sanitizer: services" services "$sanitizer"
}

for part in "${parts[@]}"; do
    case $part in
    thread | address) sanitize "$part" ;;
    loops)
        step "loops: build" limited 3600 swift build &&
            LATCHKEY_DEEP=1 step "loops: end-to-end" limited 3600 .venv/bin/pytest Tests/EndToEnd -m deep
        ;;
    *) echo "there is no part $part"; exit 2 ;;
    esac
done

echo "Took $((SECONDS / 60)) minutes."
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
echo "All passed."
