"""One reset or unlock that a crash may interrupt, and everything that has to hold of it afterwards."""

import threading
from dataclasses import dataclass

import requests

from .callcenter import CallCenter, Caller, reset_body, unlock_body
from .clients import Answer, HelpdeskClient, new_key
from .files import rows
from .waiting import until

NOTICES = {"resetPassword": "passwordReset", "unlockAccount": "accountUnlocked"}
KINDS = {"resetPassword": "reset", "unlockAccount": "unlock"}


@dataclass(frozen=True)
class Standing:
    """What the embedded store's file says of one account."""

    version: int
    is_locked: bool
    operations: list[str]


def standing(center: CallCenter, account: str) -> Standing:
    name, entry = account.split("~", 1)
    store = center.databases[name]
    (version, locked), = rows(store, "SELECT version, locked_at IS NOT NULL FROM accounts WHERE entry = ?", (entry,))
    done = rows(store, "SELECT operation FROM operations WHERE entry = ? ORDER BY version", (entry,))
    return Standing(version, bool(locked), [row[0] for row in done])


class Act:
    """One request, sent by a thread of its own, because its service may die under it."""

    def __init__(self, center: CallCenter, operator: HelpdeskClient, caller: Caller, action: str, verification: str):
        self.center, self.operator, self.caller, self.action = center, operator, caller, action
        self.verification = verification
        self.key = new_key()
        self.password = center.new_password()
        self.before = standing(center, caller.account)
        self.contact = center.mail_contact(operator, caller)
        self.answer: Answer | None = None
        self._thread = threading.Thread(target=self._send, daemon=True)

    @property
    def body(self) -> dict:
        if self.action == "resetPassword":
            return reset_body(self.caller, self.password, self.verification, deliver={"email": self.contact})
        return unlock_body(self.caller, self.verification)

    def post(self, key: str | None = None, operator: HelpdeskClient | None = None) -> Answer:
        """The request itself: with another key it is another request."""
        client, key = operator or self.operator, key or self.key
        if self.action == "resetPassword":
            return client.reset(self.caller.account, self.body, key)
        return client.unlock(self.caller.account, self.body, key)

    def begin(self) -> "Act":
        self._thread.start()
        return self

    def join(self, seconds: float = 40.0) -> Answer | None:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "a request got neither an answer nor an end"
        return self.answer

    def row(self, columns: str) -> tuple | None:
        """Columns of the operation of this request, from the helpdesk service's file."""
        found = rows(self.center.databases["helpdesk"],
                     f"SELECT {columns} FROM idempotency i JOIN operations o ON o.id = i.operation "
                     "WHERE i.request_key = ?", (self.key,))
        return found[0] if found else None

    def until_row(self, what: str, columns: str, value: object) -> None:
        until(what, lambda: self.row(columns) == (value,), 15, every=0.002)

    def _send(self) -> None:
        own = HelpdeskClient(self.center.helpdesk.url)  # a session of requests belongs to one thread
        own.token = self.operator.token
        try:
            self.answer = self.post(operator=own)
        except requests.RequestException:
            self.answer = None

    # What has to hold after every crash.

    def check(self) -> str:
        """Checks everything; answers the outcome: `done`, `failed`, or `absent` where nothing was ever recorded."""
        self.center.verify_history()
        found = self.row("o.id")
        if found is None:
            assert self.answer is None or self.answer.status >= 400, "an answer without a record"
            self._check_directory(None, done=False)
            return "absent"
        operation = found[0]
        settled = self.center.settled(self.operator, operation)
        result, = settled["results"]
        assert result["outcome"] in ("done", "failed"), settled.json
        done = result["outcome"] == "done"
        self._check_answers(operation, result)
        self._check_directory(operation, done)
        self._check_history(operation, done)
        self._check_messages(operation, done)
        self._check_password(operation, done)
        return result["outcome"]

    def finish(self, outcome: str) -> None:
        """What the operator would do next, until it is done; exactly one write in all."""
        if outcome == "failed":
            operation, = self.row("o.id")
            state, = rows(self.center.databases["helpdesk"],
                          "SELECT state FROM idempotency WHERE request_key = ?", (self.key,))[0]
            if state == "given back":  # nothing was done, and the key may be used again
                self.post().expect(200)
            else:
                self.operator.retry(operation).expect(200)
        elif outcome == "absent":
            self.post().expect(200)
        operation, = self.row("o.id")
        result, = self.center.settled(self.operator, operation)["results"]
        assert result["outcome"] == "done", result
        self._check_directory(operation, done=True)
        self._check_messages(operation, done=True)
        self._check_password(operation, done=True)
        self._check_nothing_revives(operation)
        if self.action == "resetPassword":
            self.caller.password = self.password

    def _check_answers(self, operation: str, result: dict) -> None:
        """CR-03: the answer that got out, and every repetition, tell the same story."""
        if self.answer is not None and self.answer.status == 200:
            assert self.answer["operation"] == operation and self.answer["results"] == [result]
        state, = rows(self.center.databases["helpdesk"],
                      "SELECT state FROM idempotency WHERE request_key = ?", (self.key,))[0]
        assert state in ("answered", "given back")
        if state == "answered":
            first, second = self.post().expect(200), self.post().expect(200)
            assert first["operation"] == second["operation"] == operation
            assert first["results"] == second["results"] == [result]

    def _check_directory(self, operation: str | None, done: bool) -> None:
        """At most one write, and the truth about it: the counter, the operation's row, a real sign-in."""
        now = standing(self.center, self.caller.account)
        assert now.version == self.before.version + (1 if done else 0), "not exactly the writes that were told of"
        assert (operation in now.operations) == done
        if self.action == "resetPassword":
            assert self.center.accepts(self.caller, self.password) == done
            assert self.center.accepts(self.caller, self.caller.password) != done
        else:
            assert now.is_locked != done
            assert self.center.accepts(self.caller, self.caller.password) == done

    def _check_history(self, operation: str, done: bool) -> None:
        """AU-02: an intent and its outcome, both there, nothing twice."""
        events = self.operator.history(self.caller.account, limit=200).expect(200)["events"]
        mine = [event for event in events
                if event.get("operation") == operation and event["service"] != "latchkey-auth"]
        opened = [event for event in mine if event["kind"] == "operation" and event["outcome"] == "success"]
        ended = [event for event in mine if event["kind"] == KINDS[self.action]]
        gave_up = [event for event in mine if event["kind"] == "operation" and event["outcome"] == "failure"]
        assert opened and len(opened) == len(ended) + len(gave_up), mine
        assert [event["outcome"] for event in ended].count("success") == (1 if done else 0)

    def _check_messages(self, operation: str, done: bool) -> None:
        """R8, CR-05: the owner hears of it at every address, once, exactly if it took place; what was held is gone
        otherwise, and nothing keeps what it said."""
        def outbox() -> list[tuple[str, str, str, str, bool]]:
            return rows(self.center.databases["helpdesk"], "SELECT id, kind, channel, state, sealed IS NULL "
                        "FROM outbox WHERE message_group LIKE ? ORDER BY channel", (operation + "%",))

        until("the end of every message", lambda: {row[3] for row in outbox()} <= {"sent", "discarded"}, 15)
        messages = outbox()
        assert messages and all(row[4] for row in messages), "a message's content outlived it"
        sent = [row for row in messages if row[3] == "sent"]
        assert {row[0] for row in messages} & self.center.mailbox.ids() == {row[0] for row in sent}
        told = [channel for _, kind, channel, *_ in sent if kind == NOTICES[self.action]]
        assert told == (["email", "sms"] if done else []), f"told by {told}"
        passwords = [identity for identity, kind, *_ in sent if kind == "newPassword"]
        assert len(passwords) == (1 if done and self.action == "resetPassword" else 0)

    def _check_password(self, operation: str, done: bool) -> None:
        """PW-03: the sealed password is wiped once nobody can try again."""
        kept, finished = rows(self.center.databases["helpdesk"],
                              "SELECT password IS NOT NULL, finished_at IS NOT NULL FROM operations WHERE id = ?",
                              (operation,))[0]
        assert finished
        if done or self.action == "unlockAccount":
            assert not kept, "the sealed password was not wiped"

    def _check_nothing_revives(self, operation: str) -> None:
        """AC-03, VS-09: neither the code nor the proof is good for anything more."""
        self.post(new_key()).expect(409, "auth.proof_redeemed")
        again = self.operator.answer_code(self.verification, "email", self.caller.codes[-1])
        assert again.status == 409, again.content
        now = standing(self.center, self.caller.account)
        assert now.version == self.before.version + 1 and now.operations.count(operation) == 1
