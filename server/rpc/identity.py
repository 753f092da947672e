"""Who calls: a verifier turns a bearer token into a Caller. Demo tokens are signed with a key of this installation."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol

import jwt

from server.domain.booking import Source
from server.domain.caller import Caller, Role
from server.domain.errors import TokenInvalid, TokenMissing
from server.rpc.options import TokenOptions

ISSUER = "fieldwork-demo"
_ALGORITHM = "HS256"
_SHORTEST_KEY_BYTES = 32
_LONGEST_TOKEN = 4096
SYSTEM = re.compile("[a-z0-9][a-z0-9-]{0,39}")
"""The short name of a system that owns records."""
SOURCES = tuple(source.value for source in Source)
_MOST_REMEMBERED = 1000
_REMEDY = "get a new one with `python -m server token --role ROLE`"


class BadDemoKey(Exception):
    """The key of demo tokens cannot be used; the text says where it came from and what to do."""


class Verifier(Protocol):
    """Says whose token it is, or refuses it as TokenInvalid."""

    def verify(self, token: str) -> Caller: ...


class DemoVerifier:
    """Accepts tokens that this installation signed. Only for a server that other machines cannot reach.

    A token that was found good is remembered until it expires: its signature does not change.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, tuple[Caller, float]] = {}

    def verify(self, token: str) -> Caller:
        """Return the caller that a token names, or refuse it."""
        known = self._known.get(token)
        if known is not None and time.time() < known[1]:
            return known[0]
        claims = self._claims(token)
        caller = _caller(claims)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[token] = caller, float(claims["exp"])
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN:
            raise TokenInvalid(f"the token is longer than {_LONGEST_TOKEN} characters: {_REMEDY}")
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, algorithms=[_ALGORITHM], issuer=ISSUER, options={"require": ["exp", "iss", "sub"]}
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenInvalid(f"the token has expired: {_REMEDY}") from error
        except jwt.MissingRequiredClaimError as error:
            raise TokenInvalid(f"the token has no claim {error.claim!r}: {_REMEDY}") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise TokenInvalid(f"the token was altered, or not signed here with {_ALGORITHM}: {_REMEDY}") from error
        return claims


def _caller(claims: dict[str, Any]) -> Caller:
    principal, officer = claims["sub"], claims.get("officer")
    try:
        role = Role(claims.get("role"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise TokenInvalid(f"the token's claim 'role' is not one of {known}: {_REMEDY}") from error
    if not isinstance(principal, str) or not principal or len(principal) > 200 or "\0" in principal:
        raise TokenInvalid(f"the token's claim 'sub' does not name a principal: {_REMEDY}")
    if role is Role.PARTNER:
        return Caller(principal, role, system=_system(claims), source=_source(claims))
    if role is not Role.OFFICER:
        return Caller(principal, role, source=_source(claims))
    if not isinstance(officer, str) or not officer or len(officer) > 63 or "\0" in officer:
        raise TokenInvalid(f"the token has the role OFFICER, but no claim 'officer' with the officer's code: {_REMEDY}")
    return Caller(principal, role, officer, source=_source(claims))


def _system(claims: dict[str, Any]) -> str:
    system = claims.get("system", "")
    if not isinstance(system, str) or (system and not SYSTEM.fullmatch(system)):
        raise TokenInvalid(f"the token's claim 'system' is not the short name of a system: {_REMEDY}")
    return system


def _source(claims: dict[str, Any]) -> str:
    source = claims.get("source", "")
    if source and source not in SOURCES:
        raise TokenInvalid(f"the token's claim 'source' is not one of {', '.join(SOURCES)}: {_REMEDY}")
    return str(source)


def issue_demo_token(
    key: bytes,
    principal: str,
    role: Role,
    officer: str | None,
    ttl_seconds: int,
    system: str = "",
    source: str = "",
) -> str:
    """Return a token for `principal` that runs out after `ttl_seconds`; `system` is that of a partner.

    `source` says how bookings come in that are made with it; empty: what follows from the role.
    """
    claims: dict[str, object] = {
        "iss": ISSUER,
        "sub": principal,
        "role": role.value,
        "exp": int(time.time()) + ttl_seconds,
    }
    if officer:
        claims["officer"] = officer
    if system:
        claims["system"] = system
    if source:
        claims["source"] = source
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def bearer(metadata: dict[str, str | bytes]) -> str:
    """Return the token of the call's `authorization` metadata, or refuse."""
    value = metadata.get("authorization", "")
    scheme, _, token = (value if isinstance(value, str) else "").strip().partition(" ")
    if not value:
        raise TokenMissing("the call has no metadata 'authorization': send 'authorization: Bearer TOKEN'")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalid("the metadata 'authorization' is not 'Bearer TOKEN'")
    return token.strip()


def demo_key(options: TokenOptions) -> bytes:
    """Return the key of this installation's demo tokens; makes a random one, readable by its owner only, the first time."""
    if options.demo_key is not None:
        return _long_enough(options.demo_key.get_secret_value().encode(), "FIELDWORK_DEMO_KEY")
    path = options.home / "demo.key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_hex(_SHORTEST_KEY_BYTES))
        return _long_enough(path.read_bytes().strip(), str(path))
    except OSError as error:
        raise BadDemoKey(
            f"{path}: {error.strerror}; set FIELDWORK_DEMO_KEY, or FIELDWORK_HOME to a folder of yours"
        ) from error


def _write_once(path: Path, text: str) -> None:
    """Write a file that is either whole or not there; the first of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".demo-key-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _long_enough(key: bytes, source: str) -> bytes:
    if len(key) < _SHORTEST_KEY_BYTES:
        raise BadDemoKey(f"{source}: the key of demo tokens has {len(key)} bytes and needs {_SHORTEST_KEY_BYTES} or more")
    return key
