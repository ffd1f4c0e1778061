#!/bin/sh
# Puts docs/openapi/*.json into the services that serve them, as one Swift source each. Run it after every change of the
# documents; a test of each service compares the two.
set -eu
cd "$(dirname "$0")/../.."
embed() {
    python3 - "docs/openapi/$1.json" "Services/$2/Service/OpenAPIDocument.swift" <<'PYTHON'
import json, sys
source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = json.dumps(json.load(file), ensure_ascii=False, separators=(",", ":"))
assert '"##' not in text, "the text would end the literal"
with open(target, "w", encoding="utf-8") as file:
    file.write("// swift-format-ignore-file\n")
    file.write(f"/// `{source}`, as this service serves it; made by `deploy/scripts/embed-openapi.sh`.\n")
    file.write(f'enum OpenAPIDocument {{\n    static let bytes = Array(##"{text}"##.utf8)\n}}\n')
PYTHON
}
for pair in auth:Auth helpdesk:Helpdesk; do
    if [ -f "docs/openapi/${pair%%:*}.json" ]; then embed "${pair%%:*}" "${pair##*:}"; fi
done
