"""What the two services should do, said a second time and much more simply: the model beside the random walk.

It knows the default policy only: two types for a restricted operator, none for an unrestricted one.
"""

from dataclasses import dataclass, field

TRIES_PER_CODE = 3
WRONG_ANSWERS = 3
NEEDED_TYPES = 2
OPEN = ("created", "challenged", "satisfied")

Expected = tuple[int, str | None]


@dataclass
class Target:
    """Somebody who can be acted on; the first account is the master."""

    name: str
    accounts: list[str]
    types: set[str]
    rank: int | None = None
    is_protected: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)


@dataclass
class Actor:
    """Somebody who acts, in one session."""

    name: str
    account: str
    session: str
    rank: int | None
    is_unrestricted: bool = False

    @property
    def is_operator(self) -> bool:
        return self.rank is not None


@dataclass
class Code:
    value: str
    tries: int = TRIES_PER_CODE
    is_used: bool = False


@dataclass
class Verification:
    """What the auth service keeps of one call."""

    id: str
    target: Target
    action: str
    session: str
    accounts: list[str]
    eligible: set[str]
    is_optional: bool
    questions: list[str]
    status: str = "created"
    verified: set[str] = field(default_factory=set)
    right: set[str] = field(default_factory=set)
    wrong_answers: int = 0
    codes: dict[str, Code] = field(default_factory=dict)
    stale_codes: list[str] = field(default_factory=list)

    def is_enough(self, types: set[str]) -> bool:
        counted = types & self.eligible
        return len(counted) >= (1 if self.is_optional else NEEDED_TYPES) and counted != {"securityQuestions"}


class Model:
    """The rules. Every method says what has to come back, and changes the model as the service has to change."""

    def __init__(self, targets: list[Target]):
        self.targets = targets
        self.verifications: list[Verification] = []
        self.refusals: dict[str, int] = {}
        self.authenticated: dict[str, int] = {"success": 0, "failure": 0}
        self.acts: dict[tuple[str, str], int] = {}

    # Policy.

    def refusal(self, actor: Actor, target: Target) -> str | None:
        """P1-P4, OP-03, OP-04."""
        if not actor.is_operator:
            return "policy.permission_missing"
        if actor.account in target.accounts:
            return "policy.own_account"
        if target.is_protected or (target.rank is not None and target.rank < actor.rank):
            return "policy.protected_account"
        if not target.types:
            if not actor.is_unrestricted:
                return "policy.not_enrolled"
            if target.rank == actor.rank:
                return "policy.equal_rank_needs_proof"
        return None

    def needs_proof(self, actor: Actor, target: Target) -> bool:
        return not actor.is_unrestricted or target.rank == actor.rank

    def requirement_refusal(self, actor: Actor, target: Target) -> str | None:
        if actor.is_unrestricted:
            return None
        return "policy.too_few_verifiable_types" if len(target.types) < NEEDED_TYPES else None

    # Verifications.

    def starting(self, actor: Actor, target: Target) -> Expected:
        refusal = self.refusal(actor, target) or self.requirement_refusal(actor, target)
        return (403, refusal) if refusal else (201, None)

    def started(self, actor: Actor, target: Target, action: str, answer: dict) -> Verification:
        for other in self.verifications:
            if other.target is target and other.status in OPEN:
                other.status = "canceled"
        fresh = Verification(answer["id"], target, action, actor.session, answer["accounts"], set(target.types),
                             actor.is_unrestricted, [question["id"] for question in answer["questions"]])
        self.verifications.append(fresh)
        return fresh

    def reach(self, actor: Actor, verification: Verification) -> Expected | None:
        """Why somebody cannot even touch a verification."""
        if verification.session != actor.session:
            return (404, "auth.verification_not_found")
        if verification.status not in OPEN:
            return (409, "auth.verification_not_open")
        return None

    def sending(self, actor: Actor, verification: Verification, kind: str) -> Expected:
        if trouble := self.reach(actor, verification):
            return trouble
        if kind not in verification.eligible or kind not in verification.target.types:
            return (409, "auth.type_not_offered")
        return (409, "auth.already_verified") if kind in verification.verified else (202, None)

    def sent(self, verification: Verification, kind: str, code: str) -> None:
        if kind in verification.codes and verification.codes[kind].value:
            verification.stale_codes.append(verification.codes[kind].value)
        verification.codes[kind] = Code(code)
        if verification.status == "created":
            verification.status = "challenged"

    def answering(self, actor: Actor, verification: Verification, kind: str, value: str) -> tuple[Expected, bool]:
        """What comes back for a code, and whether it is right."""
        if trouble := self.reach(actor, verification):
            return trouble, False
        if kind not in verification.eligible or kind not in verification.target.types:
            return (409, "auth.type_not_offered"), False
        if kind in verification.verified:
            return (409, "auth.already_verified"), False
        code = verification.codes.get(kind)
        if code is None or code.is_used or code.tries == 0:
            return (200, None), False
        code.tries -= 1
        if value != code.value:
            self.authenticated["failure"] += 1
            if verification.status == "created":
                verification.status = "challenged"
            return (200, None), False
        code.is_used = True
        self._verified(verification, kind)
        return (200, None), True

    def answering_question(self, actor: Actor, verification: Verification, question: str,
                           is_right: bool) -> tuple[Expected, bool]:
        if trouble := self.reach(actor, verification):
            return trouble, False
        if question not in verification.questions:
            return (404, "auth.question_not_asked"), False
        if question in verification.right:
            return (409, "auth.question_answered"), False
        if verification.wrong_answers >= WRONG_ANSWERS:
            return (200, None), False
        if verification.status == "created":
            verification.status = "challenged"
        if not is_right:
            verification.wrong_answers += 1
            self.authenticated["failure"] += 1
            left = verification.eligible - {"securityQuestions"} | verification.verified
            is_hopeless = not verification.is_optional and not verification.is_enough(left)
            if verification.wrong_answers == WRONG_ANSWERS and is_hopeless and verification.status != "satisfied":
                verification.status = "failed"
            return (200, None), False
        verification.right.add(question)
        if len(verification.right) == len(verification.questions):
            self._verified(verification, "securityQuestions")
        return (200, None), True

    def _verified(self, verification: Verification, kind: str) -> None:
        verification.verified.add(kind)
        self.authenticated["success"] += 1
        verification.status = "satisfied" if verification.is_enough(verification.verified) else "challenged"

    # Acts.

    def acting(self, actor: Actor, target: Target, accounts: list[str], action: str,
               verification: Verification | None) -> Expected:
        """What comes back for a reset or an unlock that was never asked for before; 200 means that it is done."""
        if not actor.is_operator:
            return (403, "policy.permission_missing")
        if any(account not in target.accounts for account in accounts):
            return (403, "policy.accounts_not_linked")
        if refusal := self.refusal(actor, target):
            return (403, refusal)
        if verification is None:
            return (403, "helpdesk.caller_not_verified") if self.needs_proof(actor, target) else (200, None)
        if verification.session != actor.session:
            return (404, "auth.verification_not_found")
        if not self.needs_proof(actor, target) and verification.status not in ("satisfied", "consumed"):
            return (200, None)
        return self._redeeming(actor, verification, accounts, action)

    def _redeeming(self, actor: Actor, verification: Verification, accounts: list[str], action: str) -> Expected:
        if verification.status == "consumed":
            return (409, "auth.proof_redeemed")
        if verification.status not in OPEN:
            return (409, "auth.verification_not_open")
        if verification.status != "satisfied":
            return (409, "auth.verification_not_satisfied")
        proved = verification.target
        if refusal := self.refusal(actor, proved) or self.requirement_refusal(actor, proved):
            return (403, refusal)
        if not verification.verified <= proved.types:
            return (409, "auth.requirement_changed")
        verification.status = "consumed"
        if verification.action != action or not set(accounts) <= set(verification.accounts):
            return (403, "helpdesk.proof_refused")
        return (200, None)

    def done(self, target: Target, accounts: list[str], action: str, password: str | None) -> None:
        for account in accounts:
            target.versions[account] += 1
            target.locked.discard(account)
            self.acts[account, action] = self.acts.get((account, action), 0) + 1
            if password is not None:
                target.passwords[account] = password

    def refused(self, expected: Expected) -> None:
        """Refusals by policy are history."""
        code = expected[1]
        if code is not None and code.startswith(("policy.", "helpdesk.")):
            self.refusals[code] = self.refusals.get(code, 0) + 1
