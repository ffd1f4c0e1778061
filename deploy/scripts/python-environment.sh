#!/usr/bin/env bash
# Makes .venv with the pinned libraries of the end-to-end tests; does nothing when it is up to date.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=Tests/EndToEnd/requirements.txt
stamp=.venv/requirements.sha256

sha256sum --check --status "$stamp" 2>/dev/null && exit 0
echo "Making .venv for the end-to-end tests."
rm -rf .venv
/usr/bin/python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements"
sha256sum "$requirements" > "$stamp"
