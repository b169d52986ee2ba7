"""Random tokens: 128 bits for people's links and more for programs, stored as SHA-256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def fresh(bits: int = 128) -> str:
    """Return a new token that is safe in an address."""
    return secrets.token_urlsafe(bits // 8)


def digest(token: str) -> str:
    """Return what is stored of a token; enough entropy needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def derive(secret: bytes, *parts: str) -> str:
    """Return a token of 128 bits that only the holder of the secret can make again."""
    message = "\x1f".join(("token", *parts)).encode()
    raw = hmac.new(secret, message, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(secret: bytes, *parts: str) -> str:
    """Return a short signature over parts (HMAC-SHA-256, 80 bits, lower-case base 32)."""
    message = "\x1f".join(parts).encode()
    raw = hmac.new(secret, message, hashlib.sha256).digest()[:10]
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = int.from_bytes(raw, "big")
    return "".join(alphabet[(number >> shift) & 31] for shift in range(75, -5, -5))


def signed_by(secret: bytes, signature: str, *parts: str) -> bool:
    """Say whether `signature` is ours, in constant time."""
    # compare_digest refuses text that is not ASCII, and what was sent may be anything.
    return hmac.compare_digest(sign(secret, *parts).encode(), signature.encode("utf-8", "replace"))
