"""A client that sends the bytes it is given and nothing else."""

import socket
import ssl
import time

Endpoint = tuple[int, ssl.SSLContext | None, str]  # port, TLS where there is any, the server's name


def connect(endpoint: Endpoint, source: str, seconds: float = 15.0) -> socket.socket:
    """A connection from one of the addresses of the loopback, so that callers can be told apart."""
    port, context, name = endpoint
    plain = socket.create_connection(("127.0.0.1", port), timeout=seconds, source_address=(source, 0))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(plain, server_hostname=name) if context else plain


def exchange(endpoint: Endpoint, source: str, request: bytes) -> bytes:
    """Sends bytes and answers everything that came back until the peer closed; a peer that hangs up is no error."""
    received = b""
    with connect(endpoint, source) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65_536):
                received += piece
        except (ConnectionError, ssl.SSLError):
            pass
    return received


def statuses(received: bytes) -> list[int]:
    """The statuses of the answers, up to one that closes the connection or has no head as in HTTP/0.9; 100 is none."""
    found = []
    while received.startswith(b"HTTP/1.1 "):
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        received = received[int(fields.get("content-length", 0)):]
        if (status := int(lines[0].split()[1])) != 100:
            found.append(status)
        if fields.get("connection") == "close":
            break
    return found


def dribble(endpoint: Endpoint, source: str, start: bytes, seconds: float, every: float = 0.1) -> float | None:
    """Sends bytes one at a time until the peer hangs up; answers after how long, `None` when it still listened."""
    with connect(endpoint, source) as connection:
        connection.settimeout(every)
        began = time.monotonic()
        try:
            connection.sendall(start)
            while time.monotonic() - began < seconds:
                try:
                    if not connection.recv(65_536):
                        return time.monotonic() - began
                except TimeoutError:
                    connection.sendall(b"X")
        except (ConnectionError, ssl.SSLError):
            return time.monotonic() - began
    return None
