"""How many segments a text message takes (3GPP TS 23.038): 7-bit signs where all fit, else UCS-2."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """Return the number of segments: 160 septets alone or 153 each, or 70 UCS-2 units alone or 67 each."""
    if all(sign in _BASIC or sign in _EXTENDED for sign in text):
        septets = sum(2 if sign in _EXTENDED else 1 for sign in text)
        return _parts(septets, 160, 153)
    return _parts(len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67)


def _parts(units: int, alone: int, each: int) -> int:
    return 1 if units <= alone else -(-units // each)
