#!/usr/bin/env bash
# Stops with a sentence that helps when there is no Swift toolchain, or one that is too old for Package.swift. Then
# installs what it and the build need: a toolchain unpacked on a bare Debian does not start without some libraries.
#
#   prepare-build.sh [GROUP...]       groups of install-dependencies.sh besides build
set -euo pipefail

needed=6.2
where="Install Swift $needed or newer for Debian 12 (https://www.swift.org/install/linux/) and put its usr/bin on PATH."

if ! command -v swift >/dev/null; then
    echo "There is no Swift toolchain on PATH. $where" >&2
    exit 1
fi
"$(dirname "$0")/install-dependencies.sh" build "$@"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n' "$needed" "${version:-0}" | sort -V | head -n 1)" != "$needed" ]; then
    echo "The Swift toolchain on PATH is ${version:-of an unknown version}. $where" >&2
    exit 1
fi
