#!/usr/bin/env bash
# What is too slow for every change: the Swift tests under the thread and the address sanitizer, each in a scratch
# folder of its own, and the long crash loops of the end-to-end tests.
set -uo pipefail
cd "$(dirname "$0")/../.."

export SWIFT_BACKTRACE=enable=no
failed=()

deploy/scripts/prepare-build.sh run test && deploy/scripts/python-environment.sh || exit 1

# The test runner itself leaks a little, so leaks are not counted in it.
for sanitizer in thread address; do
    echo "== $sanitizer sanitizer"
    ASAN_OPTIONS=detect_leaks=0 timeout --kill-after=10 3600 \
        swift test --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" --parallel || failed+=("$sanitizer")
done

echo "== crash loops"
swift build && LATCHKEY_DEEP=1 timeout --kill-after=10 7200 .venv/bin/pytest Tests/EndToEnd -m deep ||
    failed+=(crash-loops)

if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}"
    exit 1
fi
echo "All passed."
