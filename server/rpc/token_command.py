"""`python -m server token`: print a demo token, for trying the API by hand."""

from __future__ import annotations

import sys

from server.domain.caller import Role
from server.rpc.identity import SOURCES, SYSTEM, BadDemoKey, demo_key, issue_demo_token
from server.rpc.options import TokenOptions

LONGEST_TTL_SECONDS = 366 * 86400
LONGEST_PRINCIPAL = 200


def print_token(
    options: TokenOptions,
    role: str,
    principal: str = "demo",
    officer: str | None = None,
    ttl_seconds: int = 43_200,
    system: str = "",
    source: str = "",
) -> int:
    """Print a token of that role; returns 0, or 2 when the arguments or the key are not usable."""
    try:
        wanted = Role(role.upper().replace("-", "_"))
    except ValueError:
        return _refuse(f"--role {role!r} is none of {', '.join(one.value.lower() for one in Role)}")
    if not 1 <= ttl_seconds <= LONGEST_TTL_SECONDS:
        return _refuse(f"--ttl {ttl_seconds} is not in 1 .. {LONGEST_TTL_SECONDS} seconds")
    if source and source not in SOURCES:
        return _refuse(f"--source {source!r} is none of {', '.join(SOURCES)}")
    if wrong := _wrong(wanted, principal, officer, system):
        return _refuse(wrong)
    try:
        token = issue_demo_token(demo_key(options), principal, wanted, officer, ttl_seconds, system, source)
    except BadDemoKey as error:
        return _refuse(str(error))
    sys.stdout.write(token + "\n")
    return 0


def _wrong(role: Role, principal: str, officer: str | None, system: str) -> str:
    """Return what is wrong with whom a token is for; empty when nothing is."""
    if not 1 <= len(principal) <= LONGEST_PRINCIPAL:
        return f"--principal has {len(principal)} characters: give 1 to {LONGEST_PRINCIPAL}"
    if role is Role.OFFICER and not officer:
        return "--role officer needs --officer CODE: whose token is it?"
    if system and not (role is Role.PARTNER and SYSTEM.fullmatch(system)):
        return f"--system {system!r}: only a partner's token names one, in lower case letters, digits and hyphens"
    return ""


def _refuse(text: str) -> int:
    sys.stderr.write(f"fieldwork: {text}\n")
    return 2
