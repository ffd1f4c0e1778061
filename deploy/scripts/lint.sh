#!/usr/bin/env bash
# The formatting and documentation rules of .swift-format. Silent when all is well.
set -euo pipefail
cd "$(dirname "$0")/../.."

swift format lint --strict --recursive --parallel Package.swift Services Shared Tests
