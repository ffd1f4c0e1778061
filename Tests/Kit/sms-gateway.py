#!/usr/bin/python3
"""An SMS gateway that keeps what it gets.

sms-gateway.py [--port 0] [--certificate PEM --key PEM]

GET  /2010-04-01/Accounts/{sid}.json            the account
POST /2010-04-01/Accounts/{sid}/Messages.json   Twilio's Messages API: Basic auth, form body To, From, Body
any method   /plain...                          202; keeps method, target, fields and body as they came
GET  /_double/messages                          what was taken, as JSON
GET  /_double/requests                          every request, taken or not, as JSON

The one account is AC00000000000000000000000000000000 / sms-secret.
Faults, by the last two digits of the number (`To`, or anywhere at the end of a plain target or body):
  40  400 with code 21211      41  401      49  429 with Retry-After: 7      50  500
  54  nonsense in place of JSON, 201        66  hangs up      99  answers after 5 s
"""
import argparse
import base64
import json
import re
import ssl
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import lifeline

ACCOUNT = "AC" + "0" * 32
AUTHORIZATION = "Basic " + base64.b64encode(f"{ACCOUNT}:sms-secret".encode()).decode()
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

lock = threading.Lock()
messages = []
requests = []


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value, **fields):
        self.answer_bytes(status, json.dumps(value).encode(), **fields)

    def answer_bytes(self, status, body, **fields):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code, text, **fields):
        self.answer(status, {"code": code, "message": text, "status": status}, **fields)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_double/messages":
            return self.answer(200, messages)
        if self.path == "/_double/requests":
            return self.answer(200, requests)
        with lock:
            requests.append({"method": self.command, "target": self.path, "body": body.decode("utf-8", "replace")})
        if self.path.startswith("/plain"):
            return self.plain(body)
        return self.twilio(body)

    do_GET = do_POST = do_PUT = handle_any

    def fault(self, number):
        ending = (re.findall(r"(\d\d)\D*$", number) or [""])[0]
        if ending == "40":
            self.refuse(400, 21211, f"The 'To' number {number} is not a valid phone number.")
        elif ending == "41":
            self.refuse(401, 20003, "Authenticate")
        elif ending == "49":
            self.refuse(429, 20429, "Too Many Requests", Retry_After="7")
        elif ending == "50":
            self.refuse(500, 20500, "Internal Server Error")
        elif ending == "54":
            self.answer_bytes(201, b"<html>")
        elif ending == "66":
            self.close_connection = True
            self.connection.close()
        else:
            if ending == "99":
                time.sleep(5)
            return False
        return True

    def plain(self, body):
        if self.fault(body.decode("utf-8", "replace") or self.path):
            return
        kept = {"method": self.command, "target": self.path, "fields": dict(self.headers), "body": body.decode()}
        with lock:
            messages.append(kept)
        self.answer(202, {"status": "accepted"})

    def twilio(self, body):
        if self.path == MESSAGES.replace("/Messages", "") and self.command == "GET":
            if self.headers.get("Authorization") != AUTHORIZATION:
                return self.refuse(401, 20003, "Authenticate")
            return self.answer(200, {"sid": ACCOUNT, "status": "active"})
        if self.path != MESSAGES or self.command != "POST":
            return self.refuse(404, 20404, "The requested resource was not found")
        if self.headers.get("Authorization") != AUTHORIZATION:
            return self.refuse(401, 20003, "Authenticate")
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        if self.fault(form.get("To", "")):
            return
        with lock:
            kept = {
                "sid": "SM%032x" % (len(messages) + 1), "to": form.get("To"), "from": form.get("From"),
                "body": form.get("Body"), "status": "queued", "error_code": None,
            }
            messages.append(kept)
        self.answer(201, kept)


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
options = parser.parse_args()
lifeline.hold()
server = ThreadingHTTPServer(("127.0.0.1", options.port), Gateway)
if options.certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
