#!/usr/bin/python3
"""A double of a Microsoft Entra ID tenant: its token endpoint and the part of Microsoft Graph v1.0 that Latchkey uses.

graph-double.py --certificate PEM --key PEM [--port 0] [--lockout-threshold 10] [--domain test.example.org]

It speaks TLS only. The tenant is 11111111-1111-4111-8111-111111111111, the application 22222222-2222-4222-8222-222222222222
with the secret `graph-secret`.

Where the shapes come from: Microsoft's public documentation (Microsoft Learn), by the titles of its pages. It is written
from that documentation and was never compared with the service; what the pages do not say is marked "ours".
  token, application      "OAuth 2.0 client credentials flow on the Microsoft identity platform"
  token, person           "Sign in with resource owner password credentials grant"
  token errors            "Microsoft Entra authentication and authorization error codes" (error, error_description,
                          error_codes, timestamp, trace_id, correlation_id); 400 and 401 from "Token Issuance Endpoint Errors"
  user, its properties    "user resource type", "passwordProfile resource type"; lastPasswordChangeDateTime to the second
  list, read, change      "List users", "Get a user", "Update user" (204), "Use query parameters to customize responses"
  groups                  "directoryObject: getMemberGroups" (transitive; ids in `value`), "Get group"
  changes                 "user: delta", "Get incremental changes for users", "Use delta query to track changes"
                          (@odata.nextLink, @odata.deltaLink, @removed with reason changed or deleted, 410 with Location, and
                          400 syncStateNotFound from "Duration of change tracking tokens for identity and education resources")
  domains                 "domain resource type" (passwordValidityPeriodInDays, authenticationType)
  batches                 "Combine multiple HTTP requests using JSON batching" (20 at most, answers in any order)
  errors                  "Microsoft Graph error responses and resource types" (error: code, message, innerError)
  throttling              "Microsoft Graph throttling guidance" (429, Retry-After in seconds; inside batches too)
  lock                    "Protect user accounts from attacks with Microsoft Entra smart lockout": wrong passwords that differ
                          are counted, the same one again is not; an administrator cannot unlock
  who may be reset        "Who can reset passwords" of "Microsoft Entra built-in roles": not administrators (403)
  directory extensions    "Add custom data to resources by using extensions": extension_{application id}_{name}
ours: whether a password is looked at of somebody disabled (no); whether a reset ends smart lockout (no, the pages promise
none); the sentences of errors where a page shows only a code.

The other side, for tests (JSON; no token):
  POST   /_double/users          {login, displayName, ..., groups, password, states} -> {id}
  PATCH  /_double/users/{id}     any property of the user
  DELETE /_double/users/{id}     [?permanently]
  POST   /_double/groups         {group, members}: makes groups members of a group; DELETE forgets all groups' members
  GET    /_double/groups         {name: id}
  GET    /_double/requests       every request that reached Graph or the token endpoint; passwords and secrets left out
  GET    /_double/writes         every password write that was carried out
  POST   /_double/faults         [{match, times, ...}]: see `Fault`; takes the place of those before
  POST   /_double/state          {secretExpired, revokeTokens, tokenLifetime, forgetChanges, pageSize, lag}
"""
import argparse
import base64
import copy
import datetime
import json
import re
import ssl
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import lifeline

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SECRET = "graph-secret"
EXTENSION = "extension_" + CLIENT.replace("-", "") + "_latchkeyOperation"
DAY = 86_400
SELECTABLE = {
    "id", "userPrincipalName", "displayName", "givenName", "surname", "mail", "otherMails", "mobilePhone", "accountEnabled",
    "lastPasswordChangeDateTime", "passwordPolicies", "passwordProfile", "onPremisesSyncEnabled",
    "preferredLanguage", EXTENSION,
}


def moment(seconds):
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Refusal(Exception):
    def __init__(self, status, code, message, **headers):
        super().__init__(code)
        self.status, self.headers = status, headers
        self.body = {"error": {"code": code, "message": message, "innerError": {
            "date": moment(time.time())[:-1], "request-id": str(uuid.uuid4()), "client-request-id": str(uuid.uuid4())}}}


class TokenRefusal(Exception):
    def __init__(self, status, error, code, text):
        super().__init__(code)
        self.status, self.headers = status, {}
        trace = str(uuid.uuid4())
        self.body = {
            "error": error, "error_description": f"AADSTS{code}: {text}\r\nTrace ID: {trace}\r\nTimestamp: {moment(time.time())}",
            "error_codes": [code], "timestamp": moment(time.time()), "trace_id": trace, "correlation_id": str(uuid.uuid4()),
            "error_uri": f"https://login.microsoftonline.com/error?code={code}"}


class Fault:
    """One thing to go wrong for requests whose `METHOD path` matches `match`, the next `times` times.

    skip                                so many requests that match pass first
    status, code, message, retryAfter   an error
    tokenError                          an AADSTS code
    nonsense                            200 and a body that is no JSON
    hang, slow                          seconds before anything else; slow then goes on as if nothing was
    drop                                "before" or "after" it is carried out: the connection ends without an answer
    link                                takes the place of the host in @odata.nextLink and @odata.deltaLink
    """

    def __init__(self, description):
        self.pattern = re.compile(description.pop("match", ""))
        self.times = description.pop("times", 1)
        self.skip = description.pop("skip", 0)
        self.what = description


class Tenant:
    def __init__(self, options):
        self.lock = threading.RLock()
        self.options = options
        self.users, self.deleted, self.groups, self.holders = {}, {}, {}, {}
        self.requests, self.writes, self.faults = [], [], []
        self.tokens, self.changes, self.stale = {}, [], {}
        self.state = {"secretExpired": False, "tokenLifetime": 3599, "pageSize": 100, "generation": 1, "lag": 0}
        self.domains = [
            {"id": options.domain, "authenticationType": "Managed", "passwordValidityPeriodInDays": 90,
             "passwordNotificationWindowInDays": 14, "isVerified": True, "isDefault": True},
            {"id": "never.example.org", "authenticationType": "Managed", "passwordValidityPeriodInDays": 2_147_483_647},
            {"id": "unset.example.org", "authenticationType": "Managed", "passwordValidityPeriodInDays": None},
            {"id": "federated.example.org", "authenticationType": "Federated", "passwordValidityPeriodInDays": None},
        ]

    # The other side

    def add(self, body):
        states = body.get("states", [])
        user_id = str(uuid.uuid4())
        set_at = time.time() - (200 * DAY if "expired" in states else 0)
        login = body["login"]
        self.users[user_id] = {
            "id": user_id, "userPrincipalName": login if "@" in login else f"{login}@{self.options.domain}",
            "displayName": body.get("displayName", login), "givenName": body.get("firstName") or None,
            "surname": body.get("lastName") or None, "mail": body.get("mail"), "otherMails": body.get("otherMails", []),
            "mobilePhone": body.get("mobile"), "preferredLanguage": body.get("language"),
            "accountEnabled": "disabled" not in states,
            "lastPasswordChangeDateTime": moment(set_at),
            "passwordPolicies": "DisableStrongPassword, DisablePasswordExpiration" if "neverExpires" in states else None,
            "passwordProfile": {
                "forceChangePasswordNextSignIn": "mustChange" in states, "forceChangePasswordNextSignInWithMfa": False,
                "password": None},
            "onPremisesSyncEnabled": True if "synchronized" in states else None, EXTENSION: None,
            "_password": body.get("password", ""), "_wrong": [], "_failures": 0, "_lockedUntil": 0,
            "_admin": "administrator" in states, "_secondFactor": "secondFactor" in states,
            "_groups": [self.group(name) for name in body.get("groups", [])]}
        if "locked" in states:
            self.users[user_id]["_lockedUntil"] = time.time() + 3600
        self.changed(user_id)
        return {"id": user_id}

    def group(self, name):
        return self.groups.setdefault(name, str(uuid.uuid4()))

    def nest(self, body):
        holder = self.group(body["group"])
        for member in body["members"]:
            self.holders.setdefault(self.group(member), set()).add(holder)

    def remove(self, user_id, permanently):
        self.deleted[user_id] = "deleted" if permanently else "changed"
        del self.users[user_id]
        self.changed(user_id)

    def changed(self, user_id):
        self.changes.append(user_id)

    # The token endpoint

    def token(self, form):
        if form.get("client_id") != CLIENT:
            raise TokenRefusal(400, "unauthorized_client", 700016, "Application was not found in the directory.")
        if self.state["secretExpired"]:
            raise TokenRefusal(401, "invalid_client", 7000222, "The provided client secret keys for app are expired.")
        if form.get("client_secret") != SECRET:
            raise TokenRefusal(401, "invalid_client", 7000215, "Invalid client secret provided.")
        if form.get("grant_type") == "client_credentials":
            if not form.get("scope", "").endswith("/.default"):
                raise TokenRefusal(400, "invalid_scope", 1002012, "The provided value for scope is not valid.")
            token = "app-" + uuid.uuid4().hex
            self.tokens[token] = time.time() + self.state["tokenLifetime"]
            return {"token_type": "Bearer", "expires_in": self.state["tokenLifetime"],
                    "ext_expires_in": self.state["tokenLifetime"], "access_token": token}
        if form.get("grant_type") == "password":
            return self.person(form)
        raise TokenRefusal(400, "unsupported_grant_type", 70003, "The grant type is not supported.")

    def person(self, form):
        if not form.get("password"):
            raise TokenRefusal(400, "invalid_request", 900144, "The request body must contain: 'password'.")
        user = self.named(form.get("username", ""))
        if user is None:
            raise TokenRefusal(400, "invalid_grant", 50034, "The user account does not exist in the directory.")
        if user["_lockedUntil"] > time.time():
            raise TokenRefusal(400, "invalid_grant", 50053, "The account is locked.")
        if not user["accountEnabled"]:
            raise TokenRefusal(400, "invalid_grant", 50057, "The user account is disabled.")
        if form["password"] != user["_password"]:
            self.count(user, form["password"])
            raise TokenRefusal(400, "invalid_grant", 50126, "Error validating credentials due to invalid username or password.")
        user["_wrong"], user["_failures"] = [], 0
        if user["passwordProfile"]["forceChangePasswordNextSignIn"] or self.is_expired(user):
            raise TokenRefusal(400, "invalid_grant", 50055, "The password is expired.")
        if user["_secondFactor"]:
            raise TokenRefusal(400, "invalid_grant", 50076, "You must use multi-factor authentication to access.")
        claims = {"oid": user["id"], "tid": TENANT, "preferred_username": user["userPrincipalName"], "aud": CLIENT}
        parts = [{"typ": "JWT", "alg": "RS256"}, claims]
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return {"token_type": "Bearer", "scope": "openid profile", "expires_in": 3599, "ext_expires_in": 3599,
                "access_token": "user-" + uuid.uuid4().hex, "id_token": ".".join(encoded + ["c2lnbmF0dXJl"])}

    def count(self, user, password):
        if password in user["_wrong"]:
            return
        user["_wrong"] = (user["_wrong"] + [password])[-3:]
        user["_failures"] += 1
        if user["_failures"] >= self.options.lockout_threshold:
            user["_failures"], user["_lockedUntil"] = 0, time.time() + 60

    def is_expired(self, user):
        domain = next(d for d in self.domains if user["userPrincipalName"].lower().endswith("@" + d["id"]))
        days = domain["passwordValidityPeriodInDays"] or 90
        set_at = datetime.datetime.strptime(user["lastPasswordChangeDateTime"], "%Y-%m-%dT%H:%M:%SZ")
        age = time.time() - set_at.replace(tzinfo=datetime.timezone.utc).timestamp()
        return "DisablePasswordExpiration" not in (user["passwordPolicies"] or "") and age > days * DAY

    def named(self, name):
        return next((u for u in self.users.values() if u["userPrincipalName"].lower() == name.lower()), None)

    # Graph

    def authorize(self, header):
        token = (header or "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) < time.time():
            raise Refusal(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")

    def graph(self, method, target, body, base):
        """One request behind the version: (status, headers, JSON)."""
        path, _, query = target.partition("?")
        parameters = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
        if (method, parts) == ("GET", ["users"]):
            return 200, {}, self.list(parameters, base)
        if (method, parts) == ("GET", ["users", "delta"]):
            return 200, {}, self.delta(parameters, base)
        if (method, parts) == ("GET", ["domains"]):
            return 200, {}, {"@odata.context": f"{base}/$metadata#domains", "value": self.domains}
        if method == "GET" and parts[0] == "groups" and len(parts) == 2:
            if parts[1].lower() not in self.groups.values():
                raise Refusal(404, "Request_ResourceNotFound", f"Resource '{parts[1]}' does not exist or one of its queried "
                              "reference-property objects are not present.")
            return 200, {}, {"@odata.context": f"{base}/$metadata#groups(id)/$entity", "id": parts[1].lower()}
        if len(parts) in (2, 3) and parts[0] == "users":
            user = self.users.get(parts[1].lower()) or self.named(parts[1])
            if user is None:
                raise Refusal(404, "Request_ResourceNotFound", f"Resource '{parts[1]}' does not exist or one of its queried "
                              "reference-property objects are not present.")
            if (method, parts[2:]) == ("GET", []):
                return 200, {}, {"@odata.context": f"{base}/$metadata#users/$entity"} | self.shown(user, parameters)
            if (method, parts[2:]) == ("PATCH", []):
                self.update(user, body)
                return 204, {}, None
            if (method, parts[2:]) == ("POST", ["getMemberGroups"]):
                if not isinstance(body.get("securityEnabledOnly"), bool):
                    raise Refusal(400, "Request_BadRequest", "securityEnabledOnly is required.")
                return 200, {}, {"@odata.context": f"{base}/$metadata#Collection(Edm.String)", "value": self.held(user)}
        raise Refusal(400, "BadRequest", f"Resource not found for the segment '{parts[-1]}'.")

    def shown(self, user, parameters):
        names = parameters.get("$select", "id,displayName,givenName,surname,mail,mobilePhone,userPrincipalName").split(",")
        for name in names:
            if name not in SELECTABLE:
                raise Refusal(400, "BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
        source = self.seen(user)
        # Graph adds properties over time; a client passes over those it does not know.
        return {name: source[name] for name in names} | {"id": user["id"], "futureProperty": {"since": "some day"}}

    def seen(self, user):
        """The user as a replica shows it: after a write, some reads still find the old one."""
        left, old = self.stale.get(user["id"], (0, None))
        if left <= 0:
            return user
        self.stale[user["id"]] = (left - 1, old)
        return old

    def held(self, user):
        found, open_ = set(), list(user["_groups"])
        while open_:
            group = open_.pop()
            if group not in found:
                found.add(group)
                open_ += self.holders.get(group, ())
        return sorted(found)

    def list(self, parameters, base):
        found = list(self.users.values())
        if "$filter" in parameters:
            match = re.fullmatch(r"userPrincipalName eq '((?:[^']|'')*)'", parameters["$filter"])
            if not match:
                raise Refusal(400, "Request_UnsupportedQuery", "Invalid filter clause.")
            user = self.named(match[1].replace("''", "'"))
            found = [user] if user else []
        top = int(parameters.get("$top", 100))
        value = [self.shown(user, parameters) for user in found[:top]]
        return {"@odata.context": f"{base}/$metadata#users", "value": value}

    def update(self, user, body):
        unknown = set(body) - {"passwordProfile", EXTENSION}
        if unknown:
            raise Refusal(400, "Request_BadRequest", f"Invalid property '{sorted(unknown)[0]}'.")
        if user["_admin"]:
            raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if user["onPremisesSyncEnabled"]:
            raise Refusal(400, "Request_BadRequest", "Unable to update the specified properties for on-premises mastered "
                          "Directory Sync objects or objects currently undergoing migration.")
        profile = body.get("passwordProfile", {})
        password = profile.get("password", "")
        kinds = sum(bool(re.search(kind, password)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
        if not 8 <= len(password) <= 256 or kinds < 3:
            raise Refusal(400, "Request_BadRequest", "The specified password does not comply with password complexity "
                          "requirements. Please provide a different password.")
        before = copy.deepcopy(user)
        user["_password"] = password
        user["lastPasswordChangeDateTime"] = moment(time.time())
        user["passwordProfile"]["forceChangePasswordNextSignIn"] = profile.get("forceChangePasswordNextSignIn", True)
        if EXTENSION in body:
            user[EXTENSION] = body[EXTENSION]
        self.stale[user["id"]] = (self.state["lag"], before)
        self.writes.append({"id": user["id"], "login": user["userPrincipalName"], "operation": body.get(EXTENSION),
                            "forceChangePasswordNextSignIn": profile.get("forceChangePasswordNextSignIn")})
        self.changed(user["id"])

    # Changes

    def delta(self, parameters, base):
        """A token says: the state's generation, the place in the list of everybody or -1, the changes seen before it."""
        text = parameters.get("$skiptoken") or parameters.get("$deltatoken")
        if text is None:
            generation, place, seen, select = self.state["generation"], 0, len(self.changes), parameters.get("$select", "")
        else:
            try:
                generation, place, seen, select = json.loads(base64.urlsafe_b64decode(text))
            except ValueError:
                raise Refusal(400, "Request_BadRequest", "Badly formed content.") from None
        if generation != self.state["generation"]:
            if self.state.get("forgets") == 400:
                raise Refusal(400, "syncStateNotFound", "The sync state generation is not found. The delta token is expired "
                              "and data must be synchronized again.")
            raise Refusal(410, "resyncRequired", "Resync required.", Location=f"{base}/users/delta?$deltatoken=")
        size = self.state["pageSize"]
        if place >= 0:
            page = list(self.users.values())[place:place + size]
            value = [self.shown(user, {"$select": select}) for user in page]
            following = [generation, place + size, seen, select] if len(page) == size else None
            end = [generation, -1, seen, select]
        else:
            changed = self.changes[seen:seen + size]
            value = [self.change(user_id) for user_id in changed]
            following = [generation, -1, seen + size, select] if len(changed) == size else None
            end = [generation, -1, len(self.changes), select]
        token = base64.urlsafe_b64encode(json.dumps(following or end).encode()).decode()
        link = ("@odata.nextLink", "$skiptoken") if following else ("@odata.deltaLink", "$deltatoken")
        return {"@odata.context": f"{base}/$metadata#users", link[0]: f"{base}/users/delta?{link[1]}={token}", "value": value}

    def change(self, user_id):
        """At least what has changed of a user, here nothing but the id; of one who is gone, why."""
        if user_id in self.users:
            return {"id": user_id}
        return {"id": user_id, "@removed": {"reason": self.deleted[user_id]}}


class Double(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tenant = None

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass

    def answer(self, status, value, headers=None, raw=None):
        body = raw if raw is not None else b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name.replace("_", "-"), str(text))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_double/"):
            with self.tenant.lock:
                value = self.other_side(self.path[9:], json.loads(body) if body else None)
                return self.answer(200, None, raw=json.dumps(value).encode())
        fault = self.fault(f"{self.command} {self.path}")
        if fault.get("hang"):
            time.sleep(fault["hang"])
            return self.hang_up()
        time.sleep(fault.get("slow", 0))
        if fault.get("drop") == "before":
            return self.hang_up()
        if "nonsense" in fault:
            return self.answer(200, None, raw=b"<html><title>Sign in</title>")
        try:
            if "status" in fault:
                raise self.planned(fault)
            if "tokenError" in fault:
                raise TokenRefusal(400, "invalid_grant", fault["tokenError"], "Something else.")
            with self.tenant.lock:
                status, headers, value = self.route(body)
        except (Refusal, TokenRefusal) as refusal:
            status, headers, value = refusal.status, refusal.headers, refusal.body
        if fault.get("drop") == "after":
            return self.hang_up()
        if fault.get("link"):
            value = json.loads(json.dumps(value).replace(f"https://{self.headers['Host']}", fault["link"]))
        return self.answer(status, value, headers)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def planned(self, fault):
        headers = {"Retry_After": fault["retryAfter"]} if "retryAfter" in fault else {}
        return Refusal(fault["status"], fault.get("code", "UnknownError"), fault.get("message", ""), **headers)

    def fault(self, line):
        with self.tenant.lock:
            for fault in self.tenant.faults:
                if fault.times > 0 and fault.pattern.search(line):
                    if fault.skip > 0:
                        fault.skip -= 1
                        return {}
                    fault.times -= 1
                    return fault.what
        return {}

    def route(self, body):
        base = f"https://{self.headers['Host']}/v1.0"
        if self.path == f"/{TENANT}/oauth2/v2.0/token" and self.command == "POST":
            form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
            self.record({"grant": form.get("grant_type"), "login": form.get("username")})
            return 200, {"Cache_Control": "no-store"}, self.tenant.token(form)
        if not self.path.startswith("/v1.0/"):
            raise Refusal(400, "BadRequest", "Invalid version.")
        value = json.loads(body) if body else {}
        self.record({})
        self.tenant.authorize(self.headers.get("Authorization"))
        if self.path == "/v1.0/$batch" and self.command == "POST":
            return 200, {}, self.batch(value, base)
        return self.tenant.graph(self.command, self.path.removeprefix("/v1.0"), value, base)

    def batch(self, body, base):
        if not 1 <= len(body["requests"]) <= 20:
            raise Refusal(400, "BadRequest", "Number of batch request steps exceeds the maximum value of '20'.")
        answers = []
        for part in body["requests"]:
            self.record({"batched": f"{part['method']} {part['url']}"})
            fault = self.fault(f"BATCHED {part['method']} {part['url']}")
            try:
                if "status" in fault:
                    raise self.planned(fault)
                status, headers, value = self.tenant.graph(part["method"], part["url"], part.get("body"), base)
            except Refusal as refusal:
                status, headers, value = refusal.status, refusal.headers, refusal.body
            headers = {name.replace("_", "-"): str(text) for name, text in headers.items()}
            answers.append({"id": part["id"], "status": status, "headers": headers | {"Content-Type": "application/json"}}
                           | ({} if value is None else {"body": value}))
        return {"responses": answers[::-1]}

    def record(self, more):
        self.tenant.requests.append({"method": self.command, "path": self.path} | more)

    def other_side(self, path, body):
        tenant = self.tenant
        path, _, query = path.partition("?")
        if path == "users":
            return tenant.add(body)
        if path.startswith("users/"):
            user_id = path.removeprefix("users/")
            if self.command == "DELETE":
                return tenant.remove(user_id, query == "permanently")
            tenant.users[user_id].update(body)
            return tenant.changed(user_id)
        if path == "groups":
            if self.command == "POST":
                for name in [body["group"]] + body["members"]:
                    tenant.group(name)
                tenant.nest(body)
            return tenant.groups
        if path == "faults":
            tenant.faults = [Fault(fault) for fault in body]
            return None
        if path == "state":
            if body.pop("revokeTokens", False):
                tenant.tokens.clear()
            if "forgetChanges" in body:
                tenant.state["generation"] += 1
                tenant.state["forgets"] = body.pop("forgetChanges")
            return tenant.state.update(body)
        return {"requests": tenant.requests, "writes": tenant.writes}[path]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--lockout-threshold", type=int, default=10)
parser.add_argument("--domain", default="test.example.org")
options = parser.parse_args()
lifeline.hold()
Double.tenant = Tenant(options)
server = Server(("127.0.0.1", options.port), Double)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(options.certificate, options.key)
# The handshake waits for the connection's own thread: a client that stalls must not stop the others.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
