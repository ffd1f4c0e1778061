"""Stands between the helpdesk service and the auth service: passes on, holds, drops, lies."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELD_SECONDS = 30.0
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Dropped(Exception):
    """The connection is to end without an answer."""


@dataclass
class Reply:
    """An answer on its way to the helpdesk service."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", "application/json")])
    body: bytes = b""
    announced: int | None = None  # a Content-Length other than the true one


@dataclass
class Exchange:
    """One request of the helpdesk service."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    target: int

    def forward(self) -> Reply:
        """Asks the auth service."""
        connection = HTTPConnection("127.0.0.1", self.target, timeout=HELD_SECONDS)
        try:
            connection.request(self.method, self.path, self.body or None, dict(self.headers))
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            return Reply(answer.status, kept, answer.read())
        except (OSError, HTTPException) as error:
            raise Dropped from error
        finally:
            connection.close()


Rule = Callable[[Exchange], Reply]


class Hold:
    """An exchange that waits until a test says how it goes on."""

    def __init__(self):
        self._reached = threading.Event()
        self._settled = threading.Event()
        self._is_dropped = False

    def wait(self, seconds: float = 20.0) -> None:
        """Waits until the exchange has come."""
        assert self._reached.wait(seconds), f"the call to be held did not come within {seconds} s"

    def release(self) -> None:
        self._settled.set()

    def drop(self) -> None:
        self._is_dropped = True
        self._settled.set()

    def arrive(self) -> None:
        self._reached.set()
        self._settled.wait(HELD_SECONDS)
        if self._is_dropped:
            raise Dropped


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that were killed."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


class Interposer:
    """The auth service, as the helpdesk service reaches it."""

    def __init__(self, target: int):
        self.target = target
        self.seen: list[tuple[str, str]] = []
        self._rules: list[tuple[str, re.Pattern[str], Rule]] = []
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def rule(self, method: str, pattern: str, rule: Rule) -> Iterator[None]:
        """Answers the calls whose path the pattern matches."""
        entry = (method, re.compile(pattern), rule)
        self._rules.append(entry)
        try:
            yield
        finally:
            self._rules.remove(entry)

    @contextmanager
    def holding(self, method: str, pattern: str, *, answer: bool) -> Iterator[Hold]:
        """Holds the request before the auth service has it, or its answer."""
        hold = Hold()

        def keep(exchange: Exchange) -> Reply:
            reply = exchange.forward() if answer else None
            hold.arrive()
            return reply or exchange.forward()

        with self.rule(method, pattern, keep):
            try:
                yield hold
            finally:
                hold.release()

    def answer(self, exchange: Exchange) -> Reply:
        self.seen.append((exchange.method, exchange.path))
        for method, pattern, rule in reversed(self._rules):
            if method == exchange.method and pattern.search(exchange.path):
                return rule(exchange)
        return exchange.forward()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        interposer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60
            wbufsize = -1

            def handle_any(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
                exchange = Exchange(self.command, self.path, headers, self.rfile.read(size), interposer.target)
                try:
                    self._send(interposer.answer(exchange))
                except (Dropped, OSError):
                    self.close_connection = True

            def _send(self, reply: Reply) -> None:
                self.send_response_only(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                announced = len(reply.body) if reply.announced is None else reply.announced
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                self.wfile.write(reply.body)
                if reply.announced is not None:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

            do_GET = do_POST = do_DELETE = do_PUT = handle_any

        return Handler
