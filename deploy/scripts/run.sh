#!/usr/bin/env bash
# Builds a release, sets up the sample company in .latchkey when there is none, and runs both services under
# supervisor until Ctrl-C. Exit 0 after a clean stop.
#
# From the environment: LATCHKEY_FOLDER (default .latchkey), LATCHKEY_AUTH_PORT (8401) and LATCHKEY_HELPDESK_PORT
# (8402), which count when the folder is made; LATCHKEY_BIN, to run programs that are built already.
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts=deploy/scripts
folder=$(realpath -m "${LATCHKEY_FOLDER:-.latchkey}")
ready_seconds=60
supervisor=

say() { printf '%s\n' "$*"; }

prepare_programs() {
    if [ -n "${LATCHKEY_BIN:-}" ]; then
        "$scripts/install-dependencies.sh" run
        return
    fi
    "$scripts/prepare-build.sh" run
    say "Building; the first time takes some minutes."
    swift build -c release
    LATCHKEY_BIN=$(swift build -c release --show-bin-path)
}

# A folder that has its configuration is whole. The ports are written there, and kept beside it for the next start.
prepare_folder() {
    umask 077
    mkdir -p "$folder"
    [ -e "$folder/ports" ] || echo "${LATCHKEY_AUTH_PORT:-8401} ${LATCHKEY_HELPDESK_PORT:-8402}" > "$folder/ports"
    read -r auth_port helpdesk_port < "$folder/ports"
    if [ ! -e "$folder/auth.json5" ]; then
        "$LATCHKEY_BIN/latchkey" init --folder "$folder" --sample deploy/sample \
            --auth-port "$auth_port" --helpdesk-port "$helpdesk_port"
    fi
    mkdir -p "$folder/log" "$folder/run"
}

refuse_taken_port() {
    local port=$1
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        say "Port $port is taken by another program (another 'make run'?). Stop it, or start with an empty folder and" \
            "other ports: LATCHKEY_FOLDER=.latchkey-2 LATCHKEY_AUTH_PORT=8411 LATCHKEY_HELPDESK_PORT=8412 make run" >&2
        exit 1
    fi
}

stop() {
    trap - INT TERM
    say ""
    say "Stopping."
    kill -TERM "$supervisor" 2>/dev/null || true
    wait "$supervisor" 2>/dev/null || true
    say "Stopped."
    exit 0
}

fail() {
    trap - INT TERM
    say "$1 The last lines of the logs in $folder/log:" >&2
    tail -n 5 "$folder"/log/*.log >&2 || true
    kill -TERM "$supervisor" 2>/dev/null || true
    wait "$supervisor" 2>/dev/null || true
    exit 1
}

wait_until_ready() {
    local name=$1 port=$2 deadline=$((SECONDS + ready_seconds))
    until curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$port/readyz"; do
        kill -0 "$supervisor" 2>/dev/null || fail "The process manager ended."
        [ "$SECONDS" -lt "$deadline" ] || fail "The $name service was not ready within $ready_seconds s."
        sleep 0.2
    done
}

prepare_programs
prepare_folder
refuse_taken_port "$auth_port"
refuse_taken_port "$helpdesk_port"

export LATCHKEY_BIN LATCHKEY_FOLDER=$folder LATCHKEY_USER
LATCHKEY_USER=$(id -un)
trap stop INT TERM
/usr/bin/supervisord --nodaemon --configuration deploy/supervisor/latchkey.conf >/dev/null &
supervisor=$!
wait_until_ready auth "$auth_port"
wait_until_ready helpdesk "$helpdesk_port"

say "
Both services are ready.

  auth       http://127.0.0.1:$auth_port       enrollment, verification, sign-in; interface at /openapi.json
  helpdesk   http://127.0.0.1:$helpdesk_port       search, reset, unlock, history; interface at /openapi.json
"
cat deploy/sample/sign-ins.txt 2>/dev/null || true
say "
A first call, in another terminal:

  curl -s http://127.0.0.1:$helpdesk_port/readyz

Messages to people are files in $folder/messages, logs are in $folder/log.
README.md continues with a whole session. Ctrl-C stops both services."

wait "$supervisor" || true
fail "The process manager ended by itself."
