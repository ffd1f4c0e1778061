#!/usr/bin/python3
"""A mail server that keeps what it gets.

smtp-sink.py FOLDER [--port 0] [--certificate PEM --key PEM] [--tls starttls|implicit|none] [--no-auth] [--no-smtputf8]

Mail n becomes FOLDER/00000n.eml and, once that is whole, FOLDER/00000n.json (envelope, user, TLS).
The one account is helpdesk / mail-secret.

Faults, by the recipient's local part:
  reject@       550 to RCPT              refuse-data@   554 after DATA
  defer@        451 to RCPT              defer-data@    452 after DATA
  flaky-N@      451 the first N times    slow@          answers DATA after 3 s
  drop@         hangs up in DATA         lost-answer@   keeps the mail, hangs up before saying so
"""
import argparse
import asyncio
import collections
import json
import os
import signal
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

import lifeline

REPLIES_TO_RCPT = {"reject": "550 5.1.1 no such user here", "defer": "451 4.3.0 try again later"}
REPLIES_TO_DATA = {"refuse-data": "554 5.7.1 message refused", "defer-data": "452 4.3.1 no room just now"}


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.kept = 0
        self.tries = collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local in REPLIES_TO_RCPT:
            return REPLIES_TO_RCPT[local]
        if local.startswith("flaky-"):
            self.tries[address] += 1
            if self.tries[address] <= int(local.split("-")[1]):
                return REPLIES_TO_RCPT["defer"]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server, session, envelope):
        locals_ = {recipient.split("@")[0] for recipient in envelope.rcpt_tos}
        for local in locals_ & REPLIES_TO_DATA.keys():
            return REPLIES_TO_DATA[local]
        if "slow" in locals_:
            await asyncio.sleep(3)
        if "drop" in locals_:
            server.transport.abort()
            return "421 gone"
        self.keep(session, envelope)
        if "lost-answer" in locals_:
            server.transport.abort()
        return f"250 2.0.0 kept as {self.kept}"

    def keep(self, session, envelope):
        self.kept += 1
        stem = os.path.join(self.folder, f"{self.kept:06d}")
        with open(stem + ".eml", "wb") as file:
            file.write(envelope.original_content or envelope.content)
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": bool(session.ssl),
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "helo": session.host_name,
            "peerPort": session.peer[1],
            "utf8": bool(envelope.smtp_utf8),
        }
        with open(stem + ".part", "w") as file:
            json.dump(facts, file)
        os.rename(stem + ".part", stem + ".json")


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"helpdesk", b"mail-secret")
    return AuthResult(success=right, handled=False, auth_data=data if right else None)


async def serve(options):
    os.makedirs(options.folder, exist_ok=True)
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    starttls = options.tls == "starttls"
    sink = Sink(options.folder)
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(
            sink, hostname="localhost", loop=loop, enable_SMTPUTF8=not options.no_smtputf8, authenticator=authenticate,
            tls_context=context if starttls else None, require_starttls=starttls,
            auth_required=not options.no_auth, auth_require_tls=starttls,
        )

    server = await loop.create_server(
        session, "127.0.0.1", options.port, ssl=context if options.tls == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    # Open connections would keep the loop from ending.
    os._exit(0)


warnings.simplefilter("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
parser.add_argument("--no-auth", action="store_true")
parser.add_argument("--no-smtputf8", action="store_true")
lifeline.hold()
asyncio.run(serve(parser.parse_args()))
