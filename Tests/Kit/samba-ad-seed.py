#!/usr/bin/python3
"""Fills a new domain, offline: the password policy, places for people and groups, and the service account.

samba-ad-seed.py FOLDER

    OU=People, OU=Groups        where tests put people and groups
    CN=latchkey                 the service account, with exactly the rights docs/directories/active-directory.md lists,
                                over OU=People
    CN=lacking-RIGHT            the same without one of them, for each of RIGHTS
    Strict, UntilUnlocked       fine-grained policies for whom a test applies them to: passwords of 20 characters that
                                last 30 days; a lock that never lapses
"""
import sys

from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

DOMAIN = "DC=ad,DC=example,DC=org"
POLICIES = f"CN=Password Settings Container,CN=System,{DOMAIN}"
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
MINUTE, DAY = -60 * 10_000_000, -86_400 * 10_000_000

# Complexity is bit 1 of pwdProperties. Times are negative spans of 100 ns.
DOMAIN_POLICY = f"""
dn: {DOMAIN}
changetype: modify
replace: minPwdLength
minPwdLength: 10
-
replace: pwdHistoryLength
pwdHistoryLength: 5
-
replace: pwdProperties
pwdProperties: 1
-
replace: minPwdAge
minPwdAge: 0
-
replace: maxPwdAge
maxPwdAge: {90 * DAY}
-
replace: lockoutThreshold
lockoutThreshold: 3
-
replace: lockoutDuration
lockoutDuration: {30 * MINUTE}
-
replace: lockOutObservationWindow
lockOutObservationWindow: {30 * MINUTE}
"""

FINE_GRAINED = """
dn: CN={name},{policies}
objectClass: msDS-PasswordSettings
msDS-PasswordSettingsPrecedence: {precedence}
msDS-PasswordComplexityEnabled: TRUE
msDS-PasswordReversibleEncryptionEnabled: FALSE
msDS-PasswordHistoryLength: 5
msDS-MinimumPasswordLength: {length}
msDS-MinimumPasswordAge: 0
msDS-MaximumPasswordAge: {age}
msDS-LockoutThreshold: 3
msDS-LockoutObservationWindow: {window}
msDS-LockoutDuration: {lockout}
"""

UNTIL_UNLOCKED = -(2**63)

# Reset Password, and reading and writing attributes: the control access right and the attributes by their GUIDs.
RIGHTS = {
    "reset": "CR;00299570-246d-11d0-a768-00aa006e0529",
    "lockoutTime": "RPWP;28630ebf-41d5-11d1-a9c1-0000f80367c1",
    "pwdLastSet": "RPWP;bf967a0a-0de6-11d0-a285-00aa003049e2",
    "msDS-cloudExtensionAttribute1": "RPWP;9709eaaf-49da-4db2-908a-0446e5eab844",
}


def seed(folder):
    settings = LoadParm(filename_for_non_global_lp=f"{folder}/etc/smb.conf")
    database = SamDB(f"{folder}/private/sam.ldb", session_info=system_session(), lp=settings)
    database.modify_ldif(DOMAIN_POLICY)
    for name, precedence, length, age, lockout in [
            ("Strict", 10, 20, 30 * DAY, 30 * MINUTE), ("UntilUnlocked", 20, 10, 90 * DAY, UNTIL_UNLOCKED)]:
        database.add_ldif(FINE_GRAINED.format(
            name=name, precedence=precedence, length=length, age=age, lockout=lockout, window=30 * MINUTE,
            policies=POLICIES))
    for unit in ("People", "Groups"):
        database.add_ldif(f"dn: OU={unit},{DOMAIN}\nobjectClass: organizationalUnit\n")
    for name in ("latchkey", *(f"lacking-{right}" for right in RIGHTS)):
        database.newuser(name, "Test-only-service-5150!")
        database.setexpiry(f"(sAMAccountName={name})", 0, no_expiry_req=True)
        grant(database, name)


def grant(database, name):
    descriptors = SDUtils(database)
    sid = descriptors.get_object_sid(f"CN={name},CN=Users,{DOMAIN}")
    descriptors.dacl_add_ace(
        f"OU=People,{DOMAIN}",
        "".join(f"(OA;CIIO;{what};{USER};{sid})" for right, what in RIGHTS.items() if name != f"lacking-{right}"))
    # List and read the fine-grained policies, and what was deleted.
    descriptors.dacl_add_ace(POLICIES, f"(A;CI;LCRP;;;{sid})")
    descriptors.dacl_add_ace(f"CN=Deleted Objects,{DOMAIN}", f"(A;CI;LCRP;;;{sid})")


seed(sys.argv[1])
