"""The Ed25519 key that signs seals, in a file outside the database (`SEAL_KEY_FILE`).

The file holds the private key in PEM; public keys of earlier times may follow, so that old seals verify after a change.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from marketplace.core.config import Settings

_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


class SealKeyError(RuntimeError):
    """The key of seals cannot be used; the message says why and what to do."""


def make_key(path: Path) -> str:
    """Write a new key into a file that nobody else may read, and return the public key in hexadecimal.

    Raises SealKeyError when the file is there: a key is never replaced by accident.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(pem)
    try:
        os.link(beside, path)  # whole at once, and only where nothing is
    except FileExistsError as error:
        raise SealKeyError(f"{path} is there already") from error
    finally:
        beside.unlink()
    return public_hex(key.public_key())


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key; in development it is made at the first need. Raises SealKeyError."""
    path = settings.seal_key_file
    if not path.exists() and not settings.production:
        with suppress(SealKeyError):  # another process was faster
            make_key(path)
    if path.exists() and path.stat().st_mode & 0o007:
        raise SealKeyError(f"everybody may read {path}: chmod 600 it, and think about whether it must be replaced")
    keys = [pem for kind, pem in _blocks(path) if kind == "PRIVATE KEY"]
    if len(keys) != 1:
        raise SealKeyError(f"{path} must hold one private key: flask --app wsgi make-seal-key")
    key = load_pem_private_key(keys[0], None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SealKeyError(f"{path} holds a key that is not Ed25519")
    return key


def known_keys(settings: Settings) -> set[str]:
    """Return the public keys in hexadecimal that may have signed: of the private key, and those that follow it.

    Raises SealKeyError when there are none.
    """
    found = set()
    for kind, pem in _blocks(settings.seal_key_file):
        key = load_pem_private_key(pem, None).public_key() if kind == "PRIVATE KEY" else load_pem_public_key(pem)
        if isinstance(key, Ed25519PublicKey):
            found.add(public_hex(key))
    if not found:
        raise SealKeyError(f"{settings.seal_key_file} holds no key of seals")
    return found


def public_hex(key: Ed25519PublicKey) -> str:
    """Return a public key in hexadecimal."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def verified(key: str, signature: str, message: bytes) -> bool:
    """Return whether a signature is that of a key, both in hexadecimal, under a message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _blocks(path: Path) -> list[tuple[str, bytes]]:
    """Return the PEM blocks of the file with what they hold. Raises SealKeyError when it cannot be read."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SealKeyError(f"SEAL_KEY_FILE {path} cannot be read: {error.strerror}") from error
    return [(match[1].decode(), match[0] + b"\n") for match in _PEM.finditer(text)]
