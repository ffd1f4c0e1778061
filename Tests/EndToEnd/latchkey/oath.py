"""`oathtool`: a second implementation of TOTP (RFC 6238), so that ours never checks itself."""

import subprocess
import time
from urllib.parse import parse_qs, urlsplit


def totp(secret: str, at: float | None = None, digits: int = 6) -> str:
    """The value of a Base32 secret, now or at a time in seconds since 1970."""
    moment = int(time.time() if at is None else at)
    done = subprocess.run(
        ["oathtool", "--totp", "--base32", f"--digits={digits}", f"--now=@{moment}", "-"],
        input=secret, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def secret_of(uri: str) -> str:
    """The secret in an `otpauth://totp/` URI."""
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp"), f"not a TOTP URI: {uri}"
    return parse_qs(parts.query, strict_parsing=True)["secret"][0]


def scan(svg: bytes) -> str:
    """What a phone reads from a QR code: drawn by `rsvg-convert`, read by `zbarimg`."""
    drawn = subprocess.run(["rsvg-convert", "--width=480", "--background-color=white"], input=svg,
                           capture_output=True, timeout=20, check=True)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", "-"], input=drawn.stdout,
                          capture_output=True, timeout=20, check=True)
    return read.stdout.decode().rstrip("\n")
