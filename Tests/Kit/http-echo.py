#!/usr/bin/python3
"""An HTTP server that shows what it got.

http-echo.py [--port 0] [--certificate PEM --key PEM]

any path      200; the request line, the fields and the body as text, and the client's port as `Peer-Port`
/redirect     302 to /elsewhere           /slow/MS     answers after MS milliseconds
/bytes/N      a body of N bytes           /drop        hangs up without an answer
/status/N     status N, empty
"""
import argparse
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import lifeline


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **fields):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Peer-Port", str(self.client_address[1]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        word, _, number = self.path.strip("/").partition("/")
        if word == "redirect":
            return self.answer(302, Location="/elsewhere")
        if word == "bytes":
            return self.answer(200, b"x" * int(number))
        if word == "status":
            return self.answer(int(number))
        if word == "drop":
            self.close_connection = True
            return self.connection.close()
        if word == "slow":
            time.sleep(int(number) / 1_000)
        head = f"{self.requestline}\n{self.headers}".encode()
        return self.answer(200, head + body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
options = parser.parse_args()
lifeline.hold()
server = ThreadingHTTPServer(("127.0.0.1", options.port), Echo)
if options.certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
