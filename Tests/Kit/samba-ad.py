#!/usr/bin/python3
"""An Active Directory domain controller of a test's own: Samba, on a loopback address of its own.

samba-ad.py FOLDER [--address 127.x.y.z] [--certificates FOLDER] [--copy-of FOLDER]

Prints its address; LDAPS is on port 636, LDAP with StartTLS on 389, as Active Directory has them (root only). FOLDER
gets the whole domain controller and, unless others are given, FOLDER/tls/ca.pem and its kin. The domain is made once
and kept in `.build` of this repository; a start copies it. What is in the domain is told by samba-ad-seed.py.

The domain controller ends when this program does, and this program ends with the one that started it.
"""
import argparse
import fcntl
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import lifeline

KIT = Path(__file__).resolve().parent
CACHE = KIT.parents[1] / ".build"

# Every path is named, or two domain controllers would meet in /var and /etc.
SETTINGS = """[global]
    netbios name = DC1
    workgroup = ADTEST
    realm = AD.EXAMPLE.ORG
    server role = active directory domain controller
    server services = ldap
    interfaces = {address}/8
    bind interfaces only = yes
    old password allowed period = 0
    private dir = {folder}/private
    state directory = {folder}/state
    cache directory = {folder}/cache
    lock directory = {folder}
    binddns dir = {folder}/bind-dns
    pid directory = {folder}/run
    ncalrpc dir = {folder}/run/ncalrpc
    winbindd socket directory = {folder}/run/winbindd
    ntp signd socket directory = {folder}/run/ntp
    log file = {folder}/log
    tls keyfile = {tls}/server.key
    tls certfile = {tls}/server.pem
    tls cafile = {tls}/ca.pem
"""


def quietly(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def golden():
    """The domain that every start copies, made on the first one."""
    parts = [Path(__file__).read_bytes(), (KIT / "samba-ad-seed.py").read_bytes()]
    parts.append(subprocess.run(["samba", "--version"], capture_output=True, check=True).stdout)
    whole = CACHE / f"samba-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}"
    if whole.is_dir():
        return whole
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "samba.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.is_dir():
            for old in CACHE.glob("samba-*/"):
                shutil.rmtree(old)
            making = CACHE / "samba-making"
            quietly("samba-tool", "domain", "provision", f"--targetdir={making}", "--realm=AD.EXAMPLE.ORG",
                    "--domain=ADTEST", "--server-role=dc", "--dns-backend=NONE", "--host-name=dc1",
                    "--host-ip=127.0.0.1", "--adminpass=Test-only-admin-2931!", "--option=interfaces=127.0.0.1/8",
                    "--option=bind interfaces only=yes")
            quietly("/usr/bin/python3", KIT / "samba-ad-seed.py", making)
            making.rename(whole)
    return whole


def claim(wanted):
    """A loopback address nobody else has: holding its port 388 is the claim, and ends with this process."""
    while True:
        address = wanted or f"127.{random.randint(64, 127)}.{random.randint(0, 255)}.{random.randint(1, 254)}"
        claimed = socket.socket()
        try:
            claimed.bind((address, 388))
            return address, claimed
        except OSError as error:
            claimed.close()
            if wanted:
                sys.exit(f"{wanted} is taken: {error}")


def start(folder, address, certificates):
    """Starts Samba and waits until it listens; `None` when somebody else has the address's ports."""
    (folder / "run").mkdir(exist_ok=True)
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "smb.conf").write_text(SETTINGS.format(address=address, folder=folder, tls=certificates))
    with open(folder / "samba.log", "ab") as log:
        # Interactive, it ends when its standard input does: with this process, however that ends.
        server = subprocess.Popen(
            ["samba", "--interactive", "--model=single", "--debug-stdout", "--debuglevel=1",
             f"--configfile={folder}/smb.conf"], stdin=subprocess.PIPE, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return None
        with socket.socket() as probe:
            if probe.connect_ex((address, 636)) == 0:
                return server
        time.sleep(0.01)
    sys.exit(f"Samba does not listen on {address}; see {folder}/samba.log")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address")
    parser.add_argument("--certificates", type=Path)
    parser.add_argument("--copy-of", type=Path)
    options = parser.parse_args()
    lifeline.hold()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = options.folder.resolve()
    if not (folder / "private").exists():
        quietly("cp", "-a", "--sparse=always", f"{options.copy_of or golden()}/.", folder)
    for _ in range(10):
        address, claimed = claim(options.address)
        certificates = options.certificates or folder / "tls"
        if options.certificates is None and not (options.address and certificates.exists()):
            quietly("sh", KIT / "make-ca.sh", certificates, f"IP:{address}")
        server = start(folder, address, certificates)
        if server is not None:
            break
        claimed.close()
    else:
        sys.exit(f"Samba does not start; see {folder}/samba.log")
    print(address, flush=True)
    try:
        sys.exit(server.wait())
    finally:
        server.kill()
        server.wait()


main()
