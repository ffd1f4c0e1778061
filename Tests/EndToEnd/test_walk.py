"""A random walk over the helpdesk service with a model beside it.

The property: in restricted mode a password changes, or an account unlocks, only when the model says that a proof was
satisfied for that account, action, operator and session, and not spent. It is looked for in the directory after every
step, not in what the service answers.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from latchkey.acts import standing
from latchkey.callcenter import AUTH_LIMITS, CallCenter
from latchkey.clients import Answer, AuthClient, HelpdeskClient, new_key
from latchkey.company import ADA, OLIVIA, SVEN, UMAR, Person, people
from latchkey.files import rows
from latchkey.installation import Installation
from latchkey.model import OPEN, Actor, Expected, Model, Target, Verification
from latchkey.scenario import enroll

ACTIONS = ("resetPassword", "unlockAccount")
EVENTS = {"resetPassword": "reset", "unlockAccount": "unlock"}
RANKS = {OLIVIA[1]: 20, SVEN[1]: 20, UMAR[1]: 10, ADA[1]: 1}
ENROLLMENTS = [
    ("securityQuestions", "email", "mobile"), ("email", "mobile"), ("securityQuestions", "email"), ("email",),
    ("securityQuestions",), (), ("securityQuestions", "mobile"), ("email", "mobile"),
]


@dataclass
class Past:
    """An act that was answered, to be sent again."""

    actor: str
    session: str
    key: str
    path: str
    body: dict
    answer: Answer


class Walk:
    """The services, the model and a source of chance."""

    def __init__(self, center: CallCenter, seed: int):
        self.center, self.chance = center, random.Random(seed)
        self.clients: dict[str, HelpdeskClient] = {}
        self.actors: dict[str, Actor] = {}
        self.dead_tokens: list[str] = []
        self.owners: dict[str, AuthClient] = {}
        self.past: list[Past] = []
        self.outcomes: dict[str, int] = {}
        self.model = Model(self._everybody())
        self.passer_by = next(person for person in people()[40:] if person.mail and not person.state)
        for who in (OLIVIA, SVEN, UMAR, ADA):
            self._sign_in(who[1])
        self._sign_in(self.passer_by.login)

    # Who there is.

    def _everybody(self) -> list[Target]:
        staff = {person.login: person for person in people()}
        free = [person for person in people()[10:40] if person.mail and person.mobile and not person.state]
        targets = [self._target(person, kinds) for person, kinds in zip(free, ENROLLMENTS)]
        targets.append(self._target(staff["sven.supervisor"], ("email", "mobile"), rank=20))
        targets.append(self._target(staff["umar.desk"], ("email", "mobile"), rank=10))
        targets.append(self._target(staff["jp.lefevre"], ("email", "mobile"), protected=True))
        linked = self._target(staff["zofia.wisniewska"], ("securityQuestions", "email"))
        other = next(person for person in people("contractors") if person.login == "c.zofia.wisniewska")
        accounts = HelpdeskClient(self.center.helpdesk.url).sign_in(*ADA).user(linked.accounts[0])["linkedAccounts"]
        self._add(linked, accounts[0]["id"], other)
        return [*targets, linked]

    def _target(self, person: Person, kinds: tuple[str, ...], rank: int | None = None,
                protected: bool = False) -> Target:
        someone = enroll(self.center.installation, person, kinds)
        target = Target(person.login, [], set(kinds), rank, protected, someone.answers)
        self.owners[person.login] = someone.client
        self._add(target, someone.account, person)
        return target

    def _add(self, target: Target, account: str, person: Person) -> None:
        target.accounts.append(account)
        target.passwords[account] = person.password
        target.logins[account] = (person.store, person.login)
        target.versions[account] = standing(self.center, account).version

    def _sign_in(self, name: str) -> None:
        operators = {who[1]: who for who in (OLIVIA, SVEN, UMAR, ADA)}
        store, login, password = operators.get(
            name, (self.passer_by.store, self.passer_by.login, self.passer_by.password))
        for target in self.model.targets:  # an operator's own password may have been reset
            if target.name == name:
                password = target.passwords[target.accounts[0]]
        client = HelpdeskClient(self.center.helpdesk.url).sign_in(store, login, password)
        self.clients[name] = client
        self.actors[name] = Actor(name, client.grant["account"], client.grant["session"], RANKS.get(name),
                                  name == UMAR[1])

    # Steps.

    def run(self, count: int) -> None:
        steps = [(self.start, 16), (self.send, 16), (self.answer, 22), (self.question, 30), (self.act, 26),
                 (self.prove_and_act, 10), (self.replay, 8), (self.sign_in_again, 2), (self.dead_token, 3),
                 (self.lock, 3), (self.change_enrollment, 2), (self.retry, 3)]
        names, weights = zip(*steps)
        for number in range(count):
            step = self.chance.choices(names, weights)[0]
            try:
                step()
                self.compare_directory()
            except AssertionError as error:
                raise AssertionError(f"step {number}, {step.__name__}: {error}") from error

    def expect(self, answer: Answer, expected: Expected) -> None:
        assert (answer.status, answer.code if answer.status >= 400 else None) == expected, (
            f"expected {expected}, got {answer.status}: {answer.content[:600]!r}")
        self.outcomes[expected[1] or str(expected[0])] = self.outcomes.get(expected[1] or str(expected[0]), 0) + 1

    def actor(self) -> str:
        return self.chance.choices(list(self.actors), (8, 5, 5, 2, 1))[0]

    def verification(self, name: str, *, any_status: bool = True) -> Verification | None:
        """Mostly an open one of the actor's own, sometimes anybody's in any state."""
        session = self.actors[name].session
        own = [each for each in self.model.verifications if each.session == session and each.status in OPEN]
        if own and self.chance.random() < 0.8:
            return self.chance.choice(own[-6:])
        return self.chance.choice(self.model.verifications[-30:]) if self.model.verifications and any_status else None

    def start(self, name: str | None = None, target: Target | None = None,
              action: str | None = None) -> Verification | None:
        name, action = name or self.actor(), action or self.chance.choice(ACTIONS)
        target = target or self.chance.choice(self.model.targets)
        actor = self.actors[name]
        expected = self.model.starting(actor, target)
        answer = self.clients[name].start_verification(target.accounts[0], action)
        self.expect(answer, expected)
        if expected[0] != 201:
            self.model.refused(expected)
            return None
        assert set(answer["accounts"]) == set(target.accounts) and answer["status"] == "created"
        return self.model.started(actor, target, action, answer.json)

    def send(self) -> None:
        name = self.actor()
        if verification := self.verification(name):
            self._send(name, verification, self.chance.choice(("email", "mobile")))

    def _send(self, name: str, verification: Verification, kind: str) -> None:
        expected = self.model.sending(self.actors[name], verification, kind)
        known = self.center.mailbox.mark()
        answer = self.clients[name].send_code(verification.id, kind)
        if answer.code == "auth.code_too_soon" and expected[0] == 202:
            return  # the limits of one address are shown elsewhere
        self.expect(answer, expected)
        if expected[0] == 202:
            login = verification.target.logins[verification.target.accounts[0]][1]
            person = next(each for each in people() if each.login == login)
            letter = self.center.mailbox.wait(person.mail if kind == "email" else person.mobile, "accessCode", known)
            self.model.sent(verification, kind, letter.code)

    def answer(self) -> None:
        name, kind = self.actor(), self.chance.choice(("email", "mobile"))
        verification = self.verification(name)
        if verification is None:
            return
        others = [code.value for each in self.model.verifications[-20:] for code in each.codes.values()]
        live = [verification.codes[kind].value] if kind in verification.codes else []
        live, others = [value for value in live if value], [value for value in others if value]
        pool = live * 6 + verification.stale_codes[-1:] + others[-1:] + [f"{self.chance.randrange(10**8):08d}"]
        self._answer(name, verification, kind, self.chance.choice(pool))

    def _answer(self, name: str, verification: Verification, kind: str, value: str) -> None:
        expected, is_right = self.model.answering(self.actors[name], verification, kind, value)
        answer = self.clients[name].answer_code(verification.id, kind, value)
        self.expect(answer, expected)
        if expected[0] == 200:
            assert (answer["ok"], answer["status"]) == (is_right, verification.status), answer.json

    def question(self) -> None:
        name = self.actor()
        verification = self.verification(name)
        if verification is None or not verification.questions:
            return
        asked = self.chance.choice(verification.questions)
        self._question(name, verification, asked, self.chance.random() < 0.85)

    def _question(self, name: str, verification: Verification, question: str, is_right: bool) -> None:
        value = verification.target.answers[question] if is_right else "Something else entirely"
        expected, ok = self.model.answering_question(self.actors[name], verification, question, is_right)
        answer = self.clients[name].answer_question(verification.id, question, value)
        self.expect(answer, expected)
        if expected[0] == 200:
            assert (answer["ok"], answer["status"]) == (ok, verification.status), answer.json

    def prove_and_act(self) -> None:
        """A whole call, so that there is something to go wrong with."""
        name = self.chance.choice((OLIVIA[1], SVEN[1], UMAR[1]))
        target, action = self.chance.choice(self.model.targets), self.chance.choice(ACTIONS)
        verification = self.start(name, target, action)
        if verification is None:
            return
        for question in verification.questions:
            self._question(name, verification, question, True)
        for kind in ("email", "mobile"):
            if kind in verification.eligible and verification.status != "satisfied":
                self._send(name, verification, kind)
                if kind in verification.codes and verification.codes[kind].value:
                    self._answer(name, verification, kind, verification.codes[kind].value)
        if self.chance.random() < 0.7:  # the rest is left lying for other steps to find
            self._act(name, target, self._accounts(target), action, verification)

    def _accounts(self, target: Target) -> list[str]:
        return self.chance.sample(target.accounts, self.chance.randint(1, len(target.accounts)))

    def act(self) -> None:
        """Any verification for any account and any action, or none."""
        name, action = self.actor(), self.chance.choice(ACTIONS)
        verification = self.verification(name) if self.chance.random() < 0.75 else None
        target = self.chance.choice(self.model.targets)
        if verification is not None and self.chance.random() < 0.7:
            target = verification.target
            action = verification.action if self.chance.random() < 0.8 else action
        accounts = self._accounts(target)
        if self.chance.random() < 0.05:
            accounts.append(self.chance.choice([each for each in self.model.targets if each is not target]).accounts[0])
        self._act(name, target, accounts, action, verification)

    def _act(self, name: str, target: Target, accounts: list[str], action: str,
             verification: Verification | None) -> None:
        body: dict = {"accounts": accounts}
        if verification is not None:
            body["verification"] = verification.id
        if action == "resetPassword":
            body |= {"method": "newPassword", "password": self.center.new_password()}
        path = f"/v1/users/{target.accounts[0]}/{'password-resets' if action == 'resetPassword' else 'unlocks'}"
        key = new_key()
        expected = self.model.acting(self.actors[name], target, accounts, action, verification)
        answer = self.clients[name].post(path, body, key=key)
        self.expect(answer, expected)
        self.past.append(Past(name, self.actors[name].session, key, path, body, answer))
        if expected[0] != 200:
            self.model.refused(expected)
            return
        assert [(item["account"], item["outcome"]) for item in answer["results"]] == [
            (account, "done") for account in accounts]
        self.model.done(target, accounts, action, body.get("password"))

    def replay(self) -> None:
        """An old request again: the same answer, or a refusal where the body is another."""
        done = [each for each in self.past
                if each.answer.status == 200 and each.session == self.actors[each.actor].session]
        if not done:
            return
        old = self.chance.choice(done[-20:])
        if self.chance.random() < 0.3:
            changed = {**old.body, "reason": "another body"}
            self.expect(self.clients[old.actor].post(old.path, changed, key=old.key),
                        (422, "helpdesk.idempotency_key_reused"))
            return
        again = self.clients[old.actor].post(old.path, old.body, key=old.key)
        self.expect(again, (200, None))
        assert again["operation"] == old.answer["operation"] and again["results"] == old.answer["results"]

    def retry(self) -> None:
        done = [each for each in self.past if each.answer.status == 200]
        if done:
            old, name = self.chance.choice(done[-20:]), self.chance.choice((OLIVIA[1], SVEN[1], UMAR[1]))
            is_own = self.actors[name].session == old.session
            self.expect(self.clients[name].retry(old.answer["operation"]), (
                (409, "helpdesk.nothing_to_retry") if is_own else (404, "helpdesk.operation_not_found")))

    def sign_in_again(self) -> None:
        """Another session: what was proved in the old one is worth nothing in the new one."""
        name = self.chance.choice((OLIVIA[1], SVEN[1], UMAR[1]))
        self.dead_tokens.append(self.clients[name].token)
        self.clients[name].sign_out().expect(204)
        self._sign_in(name)

    def dead_token(self) -> None:
        if self.dead_tokens and self.past:
            client = HelpdeskClient(self.center.helpdesk.url)
            client.token = self.chance.choice(self.dead_tokens)
            old = self.chance.choice(self.past)
            key = self.chance.choice((old.key, new_key()))
            self.expect(client.post(old.path, old.body, key=key), (401, "helpdesk.not_signed_in"))

    def lock(self) -> None:
        """Wrong passwords lock an account in its directory."""
        target = self.chance.choice(self.model.targets[:8])
        account = target.accounts[0]
        if account not in target.locked:
            for _ in range(5):
                AuthClient(self.center.auth.url).try_sign_in(*target.logins[account], "Not-the-password-1").expect(401)
            target.locked.add(account)

    def change_enrollment(self) -> None:
        """The owner removes the mobile, or enrolls it again: what was proved by it before may not be enough now."""
        target = self.chance.choice([each for each in self.model.targets[:8] if len(each.types - {"mobile"}) > 1
                                     or "mobile" in each.types])
        owner, kind = self.owners[target.name], "mobile"
        if kind in target.types:
            assert owner.remove(kind).status in (200, 204)
            target.types.discard(kind)
        else:
            person = next(each for each in people() if each.login == target.name)
            known = self.center.mailbox.mark()
            begun = owner.enroll_mobile(person.mobile)
            if begun.code == "auth.code_too_soon":
                return
            begun.expect(202)
            letter = self.center.mailbox.wait(person.mobile, "enrollmentCode", known)
            assert owner.confirm(kind, letter.code).status == 204
            target.types.add(kind)
        for verification in self.model.verifications:  # a code sent to the enrollment before is right no more
            code = verification.codes.get(kind)
            if verification.target is target and code is not None and code.value:
                verification.stale_codes.append(code.value)
                code.value = ""

    # What has to hold.

    def compare_directory(self) -> None:
        """The safety property: no account's credentials moved but as the model says."""
        for store in ("staff", "contractors"):
            now = {f"{store}~{entry}": (version, bool(locked)) for entry, version, locked in rows(
                self.center.databases[store], "SELECT entry, version, locked_at IS NOT NULL FROM accounts")}
            for target in self.model.targets:
                for account in target.accounts:
                    if account in now:
                        assert now[account] == (target.versions[account], account in target.locked), (
                            f"{target.name}: the directory says {now[account]}, the model {target.versions[account]}")

    def compare_passwords(self) -> None:
        for target in self.model.targets:
            for account in target.accounts:
                client = AuthClient(self.center.auth.url)
                answer = client.try_sign_in(*target.logins[account], target.passwords[account])
                is_open = account not in target.locked
                assert (answer.status == 201) == is_open, f"{target.name}: {answer.status}, open: {is_open}"

    def compare_history(self) -> None:
        """H2: every act, every refusal by policy, every value checked."""
        self.center.verify_history()
        reader = HelpdeskClient(self.center.helpdesk.url).sign_in(*ADA)
        for target in self.model.targets:
            for account in target.accounts:
                for action, kind in EVENTS.items():
                    found = self._history(reader, account, kind)
                    wanted = self.model.acts.get((account, action), 0)
                    assert found == wanted, f"{target.name}: {found} of {wanted} {kind} rows"
        recorded = dict(rows(self.center.databases["helpdesk"], "SELECT reason, count(*) FROM audit WHERE kind = "
                             "'refusal' AND origin_service IS NULL GROUP BY reason"))
        elsewhere = dict(rows(self.center.databases["auth"], "SELECT reason, count(*) FROM audit WHERE kind = "
                              "'refusal' GROUP BY reason"))
        found = {code: recorded.get(code, 0) + elsewhere.get(code, 0) for code in self.model.refusals}
        assert found == self.model.refusals
        checked = dict(rows(self.center.databases["auth"], "SELECT outcome, count(*) FROM audit WHERE kind = "
                            "'authenticate' AND verification IS NOT NULL GROUP BY outcome"))
        assert {outcome: checked.get(outcome, 0) for outcome in ("success", "failure")} == self.model.authenticated

    @staticmethod
    def _history(reader: HelpdeskClient, account: str, kind: str) -> int:
        count, cursor = 0, None
        while True:
            query = {"kind": kind, "outcome": "success", "limit": 200, **({"cursor": cursor} if cursor else {})}
            page = reader.history(account, **query).expect(200)
            count += sum(1 for event in page["events"] if event["subject"] == account)
            cursor = page.json.get("nextCursor")
            if not cursor:
                return count


@pytest.fixture
def walking(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCenter]:
    """A call center of its own with the default policy, so that the model is the whole truth about it."""
    folder = tmp_path_factory.mktemp("walk") / "latchkey"
    limits = {**AUTH_LIMITS, "verificationSeconds": 3_600, "verificationIdleSeconds": 1_800}
    own = CallCenter(Installation(golden.programs, folder).copied_from(golden), limits)
    try:
        yield own.start()
    finally:
        own.close()


def walk(center: CallCenter, steps: int) -> None:
    seed = int(os.environ.get("LATCHKEY_SEED", random.randrange(1_000_000)))
    print(f"LATCHKEY_SEED={seed}")
    whole = Walk(center, seed)
    whole.run(steps)
    whole.compare_history()
    whole.compare_passwords()
    print(dict(sorted(whole.outcomes.items(), key=lambda item: -item[1])))
    assert sum(whole.model.acts.values()) > steps / 60, "hardly anything was done: the walk shows nothing"


def test_a_random_walk_never_acts_without_a_proof(walking: CallCenter):
    """VS-01, VS-02, VS-03, VS-06, VS-07, VS-09, OP-01, OP-03, OP-04, AU-02, CR-03"""
    walk(walking, 300)


@pytest.mark.deep
def test_a_long_random_walk_never_acts_without_a_proof(walking: CallCenter):
    """VS-01, VS-02, VS-03, VS-06, VS-07, VS-09, OP-01, OP-03, OP-04, AU-02, CR-03"""
    walk(walking, 5_000)
