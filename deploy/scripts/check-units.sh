#!/usr/bin/env bash
# Checks the systemd units offline: they have to load without a word, and be as closed as they claim. systemd itself is
# never started. systemd-analyze only warns about an unknown key, with exit 0, so any output is a failure.
#
#   check-units.sh [FOLDER_OF_THE_PROGRAMS]       default: .build/release
set -euo pipefail
cd "$(dirname "$0")/../.."

programs=$(realpath "${1:-.build/release}")
highest_exposure=20 # tenths, as --threshold counts; a unit without any hardening has 92
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
result=0

for unit in deploy/systemd/*.service; do
    copy=$scratch/$(basename "$unit")
    # The programs are not installed where the units will find them.
    sed "s#^ExecStart=/usr/bin/#ExecStart=$programs/#; /^Documentation=/d" "$unit" > "$copy"
    if ! said=$(systemd-analyze verify --man=no "$copy" 2>&1) || [ -n "$said" ]; then
        printf '%s does not verify:\n%s\n' "$unit" "$said"
        result=1
    fi
    if ! said=$(systemd-analyze security --offline=true --threshold=$highest_exposure --no-pager "$copy" 2>&1); then
        printf '%s is more open than it should be:\n%s\n' "$unit" "$said"
        result=1
    fi
done
exit $result
