"""Secrets: those in the database, encrypted with the installation's key, and keys for signing.

What is sealed cannot be read from a stolen database or a dump without `secret.key`, and a text that
was sealed for one purpose opens for no other.

cryptography is read when something is sealed or opened: it takes eight megabytes of every process,
and most never need it.

Source: AES-256-GCM, NIST SP 800-38D; 96-bit random nonces, far fewer than 2^32 for one key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from kb.errors import Unavailable

MARK = "s1."
NONCE = 12


def seal(secret: bytes, purpose: str, text: str) -> str:
    """Return a text that only `unseal` with the same secret and purpose can read.

    Args:
        secret: the installation's key.
        purpose: what it is for and whose, as `mail_account:3`.
        text: what nobody else shall read.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    box = AESGCM(_key(secret)).encrypt(nonce, text.encode(), purpose.encode())
    return MARK + base64.urlsafe_b64encode(nonce + box).decode()


def unseal(secret: bytes, purpose: str, sealed: str) -> str:
    """Return what was sealed. Raises Unavailable (`secret_unreadable`)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(MARK))
        opened = AESGCM(_key(secret)).decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise Unavailable("secret_unreadable") from error
    return opened.decode()


def _key(secret: bytes) -> bytes:
    """Return a key of its own, so that signatures and sealing never share one."""
    return hmac.new(secret, b"seal\x1fv1", hashlib.sha256).digest()


def new_rsa(bits: int) -> bytes:
    """Return a new private key as PEM, not encrypted."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def public_rsa(pem: bytes) -> bytes:
    """Return the public half of a private key as DER (SubjectPublicKeyInfo).

    Raises:
        ValueError: no RSA key, or one with a password.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise ValueError("encrypted") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("no RSA key")
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
