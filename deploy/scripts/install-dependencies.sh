#!/usr/bin/env bash
# Installs the Debian packages of one or more groups of dependencies.txt; does nothing, quickly, when all are there.
#
#   install-dependencies.sh [build] [run] [test] [bench]      default: build
#
# As root it installs; as an ordinary user it asks `sudo -n`, which never prompts; where that is refused it prints the
# command to run and ends with 1. Nothing that is installed is started or enabled behind the reader's back: no web
# server, no database cluster.
set -euo pipefail

self=$(realpath "$0")
list=$(dirname "$self")/dependencies.txt
groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build)
dictionary=/var/cache/cracklib/cracklib_dict.pwd

# One line a package of the groups asked for: its name, a space, what it is for.
wanted() {
    local group
    for group in "${groups[@]}"; do
        awk -v group="$group" '$1 == group { name = $2; $1 = $2 = ""; sub(/^ +/, ""); print name, $0; found = 1 }
            END { exit !found }' "$list" ||
            { echo "install-dependencies: no group is called '$group' (build, run, test, bench)" >&2; exit 2; }
    done
}

installed() {
    dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk '$2 == "installed" { print $1 }'
}

needs_update() {
    local package
    for package in "$@"; do
        apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]' || return 0
    done
    return 1
}

# While packages are installed, policy-rc.d(8) keeps their services from being started. One that is already there is
# the administrator's and is left alone.
hold_services() {
    local policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] && return
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 0755 "$policy"
    trap "rm -f $policy" EXIT
}

# Nor are they to start with the machine next time: what runs here is started by our own scripts.
disable_services() {
    local package
    command -v systemctl >/dev/null || return 0
    for package in "$@"; do
        case "$package" in
            nginx-light) systemctl --quiet disable nginx.service ;;
            supervisor) systemctl --quiet disable supervisor.service ;;
            postgresql-15) systemctl --quiet disable postgresql.service ;;
        esac
    done 2>/dev/null
}

# Without this, installing PostgreSQL creates a cluster called main (pg_createcluster(8)); the tests make their own.
hold_cluster() {
    local settings=/etc/postgresql-common/createcluster.conf
    [ -e "$settings" ] && return
    mkdir -p "$(dirname "$settings")"
    echo 'create_main_cluster = false' > "$settings"
}

install_packages() {
    local options=(--yes --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    hold_services
    case " $* " in *" postgresql-15 "*) hold_cluster ;; esac
    if needs_update "$@"; then apt-get -qq update; fi
    apt-get -qq install "${options[@]}" "$@" >/dev/null ||
        { apt-get -qq update && apt-get -qq install "${options[@]}" "$@" >/dev/null; }
}

packages=$(wanted)
mapfile -t names < <(cut -d' ' -f1 <<< "$packages")
mapfile -t missing < <(comm -23 <(printf '%s\n' "${names[@]}" | sort -u) <(installed "${names[@]}" | sort -u))

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ] && sudo -n true 2>/dev/null; then exec sudo -n "$self" "${groups[@]}"; fi
    echo "These Debian packages are missing:"
    for name in "${missing[@]}"; do
        printf '  %-22s %s\n' "$name" "$(awk -v name="$name" '$1 == name { $1 = ""; print substr($0, 2); exit }' <<< "$packages")"
    done
    if [ "$(id -u)" -ne 0 ]; then
        echo "To install them, run this and then try again:"
        echo "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}"
        exit 1
    fi
    echo "Installing them${SUDO_USER:+ with sudo}."
    install_packages "${missing[@]}"
    disable_services "${missing[@]}"
    echo "Installed."
fi

if [ ! -s "$dictionary" ] && [[ " ${names[*]} " == *" cracklib-runtime "* ]]; then
    [ "$(id -u)" -eq 0 ] || { echo "The password dictionary is missing. Run: sudo update-cracklib"; exit 1; }
    update-cracklib >/dev/null
fi
