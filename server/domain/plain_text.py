"""Text that came from outside, made fit for a line of a message, a calendar or a terminal."""

from __future__ import annotations

import unicodedata

# They change the reading order of everything after them, so a name could make a time or an address read otherwise.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset({"Zl", "Zp", "Cc"})


def one_line(text: str, longest: int = 200) -> str:
    """Return `text` as one line of at most `longest` characters: no control characters, no change of direction."""
    spaced = "".join(" " if unicodedata.category(sign) in _BREAKS else sign for sign in text)
    line = " ".join(_kept(spaced).split())
    return line if len(line) <= longest else line[: longest - 3].rstrip() + "..."


def lines(text: str) -> str:
    """Return `text` with its line feeds, but without other control characters and changes of direction."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(sign for sign in _kept(unified) if sign == "\n" or unicodedata.category(sign) != "Cc")


def _kept(text: str) -> str:
    return "".join(sign for sign in text if sign not in _DIRECTION_MARKS and unicodedata.category(sign) != "Cs")
