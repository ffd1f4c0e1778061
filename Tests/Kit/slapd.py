#!/usr/bin/python3
"""OpenLDAP's slapd on loopback with TLS, a password policy and content synchronization.

slapd.py FOLDER --certificates FOLDER --ldap PORT --ldaps PORT [--database FOLDER] [--read-only] [--no-tls]
         [--session-log N]

FOLDER keeps the configuration and the data; a second start on it goes on with them. It runs as nobody when root starts
it. Entries: dc=example,dc=test with ou=people, ou=groups, ou=services and ou=policies; the directory's administrator is
cn=admin,dc=example,dc=test (secret), the service account cn=helpdesk,ou=services (helpdesk-secret), an entry for sign-ins
with unknown logins cn=decoy,ou=services. Prints the LDAPS port once it answers.
"""
import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import lifeline

SERVICE = "cn=helpdesk,ou=services,dc=example,dc=test"

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload memberof
moduleload syncprov
{tls}
sizelimit 500

database mdb
suffix dc=example,dc=test
rootdn cn=admin,dc=example,dc=test
rootpw secret
directory {database}
maxsize {size}
dbnosync
lastbind on
{mode}
index objectClass,entryUUID,entryCSN,uid,mail,member,uniqueMember eq
limits dn.exact="{service}" size=unlimited time=unlimited size.pr=1000
access to attrs=userPassword by dn.exact="{service}" =w by self =w by anonymous auth by * none
access to attrs=pwdAccountLockedTime,pwdReset by dn.exact="{service}" write by * none
access to attrs=pwdHistory by * none
access to * by dn.exact="{service}" read by users read by * none

overlay syncprov
syncprov-checkpoint 1000 60
syncprov-sessionlog {session_log}
overlay memberof
overlay ppolicy
ppolicy_default cn=default,ou=policies,dc=example,dc=test
ppolicy_hash_cleartext
ppolicy_use_lockout
"""

TLS = """\
TLSCACertificateFile {certificates}/ca.pem
TLSCertificateFile {certificates}/server.pem
TLSCertificateKeyFile {certificates}/server.key
TLSProtocolMin 3.3
"""

ENTRIES = """\
dn: dc=example,dc=test
objectClass: dcObject
objectClass: organization
o: Example
dc: example

""" + "".join(f"""\
dn: ou={unit},dc=example,dc=test
objectClass: organizationalUnit
ou: {unit}

""" for unit in ("people", "groups", "services", "policies")) + "".join(f"""\
dn: cn={name},ou=policies,dc=example,dc=test
objectClass: device
objectClass: pwdPolicy
cn: {name}
pwdAttribute: userPassword
{rules}
""" for name, rules in (
    ("default", "pwdMaxFailure: 3\npwdLockout: TRUE\npwdLockoutDuration: 900\npwdFailureCountInterval: 300\n"
                "pwdMaxAge: 7776000\npwdInHistory: 3\npwdMinLength: 8\npwdCheckQuality: 2\npwdMustChange: TRUE\n"),
    ("forever", "pwdMaxFailure: 3\npwdLockout: TRUE\npwdLockoutDuration: 0\npwdMaxAge: 0\npwdMustChange: TRUE\n"),
    ("services", "pwdLockout: FALSE\npwdMaxAge: 0\n"),
)) + "".join(f"""\
dn: cn={name},ou=services,dc=example,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: {name}
userPassword: {password}
pwdPolicySubentry: cn=services,ou=policies,dc=example,dc=test

""" for name, password in (("helpdesk", "helpdesk-secret"), ("decoy", "{SSHA}CRlVuJfQUeYmTGRqUsIFvqXDKZpHwZ9U")))


def unprivileged():
    """setpriv(1) in front of a program, when root starts it. Without its parent the server ends."""
    user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig", "KILL"]


def prepare(options):
    database = options.database or options.folder + "/data"
    is_new = not os.path.exists(options.folder + "/slapd.conf")
    os.makedirs(options.folder, exist_ok=True)
    os.makedirs(database, exist_ok=True)
    certificates = options.folder + "/tls"
    shutil.rmtree(certificates, ignore_errors=True)
    shutil.copytree(options.certificates, certificates)
    configuration = CONFIGURATION.format(
        folder=options.folder, database=database, service=SERVICE,
        tls="" if options.no_tls else TLS.format(certificates=certificates),
        size=4_194_304_000 if options.database is None else 268_435_456, session_log=options.session_log,
        mode="readonly on" if options.read_only else "")
    with open(options.folder + "/slapd.conf", "w") as file:
        file.write(configuration)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody:nogroup", options.folder, database], check=True)
    if is_new:
        loading = subprocess.run(
            [*unprivileged(), "/usr/sbin/slapadd", "-q", "-f", options.folder + "/slapd.conf"],
            input=ENTRIES.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if loading.returncode != 0:
            sys.exit(loading.stdout.decode())


def serve(options):
    log = open(options.folder + "/slapd.log", "ab")
    addresses = [f"ldap://127.0.0.1:{options.ldap}"]
    if not options.no_tls:
        addresses.append(f"ldaps://127.0.0.1:{options.ldaps}")
    server = subprocess.Popen(
        [*unprivileged(), "/usr/sbin/slapd", "-f", options.folder + "/slapd.conf", "-d", "stats", "-h",
         " ".join(addresses)], stdout=log, stderr=log)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    end = time.monotonic() + 20
    waiting = [options.ldap] if options.no_tls else [options.ldap, options.ldaps]
    while server.poll() is None and waiting:
        try:
            socket.create_connection(("127.0.0.1", waiting[0]), 1).close()
            waiting.pop(0)
        except OSError:
            if time.monotonic() > end:
                server.kill()
            time.sleep(0.005)
    if server.poll() is None:
        print(options.ldaps, flush=True)
    sys.exit(server.wait())


parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--certificates", required=True)
parser.add_argument("--ldap", type=int, required=True)
parser.add_argument("--ldaps", type=int, required=True)
parser.add_argument("--database")
parser.add_argument("--read-only", action="store_true")
parser.add_argument("--no-tls", action="store_true")
parser.add_argument("--session-log", type=int, default=10_000)
lifeline.hold()
chosen = parser.parse_args()
prepare(chosen)
serve(chosen)
