"""Names of resources: 62-bit random numbers, written in Crockford's base 32 as 13 lower-case characters."""

from __future__ import annotations

from server.domain.errors import NotFound

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
LENGTH = 13
BITS = 62


def encode(number: int) -> str:
    """Return the 13 characters of `number`, which is in [0, 2**62)."""
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"{number} is not in [0, 2**{BITS})")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def decode(name: str, kind: str) -> int:
    """Return the number of the last part of a resource name such as "bookings/0123456789abc".

    Raises NotFound for anything that `encode` cannot have written: nobody has such a resource.
    """
    text = name.rpartition("/")[2]
    try:
        number = sum(_VALUE[character] << 5 * place for place, character in enumerate(reversed(text)))
    except KeyError:
        number = -1
    if len(text) != LENGTH or not 0 <= number < 1 << BITS:
        raise NotFound(f"there is no {kind} {name!r}", name=name)
    return number
