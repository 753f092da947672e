"""Colours and dashes of the routes.

Every colour has a contrast of 4.5 or more with white, the ground of markers' letters, and differs from its neighbours in
lightness too, for people who do not see hues. A letter and a dash say the same without colour.
"""

from __future__ import annotations

COLOURS = ("#0b5fa5", "#b8400e", "#0a7a5a", "#8a2a8a", "#7a5a00", "#3a3f9e", "#b01657", "#3f5d23", "#0d6a80", "#5b4636")
DASHES = ("", "9 3", "3 3", "12 3 3 3", "6 4", "14 4", "2 4", "10 3 2 3 2 3", "5 2", "1 3")


def colour(index: int) -> str:
    """Return the colour of a route."""
    return COLOURS[index % len(COLOURS)]


def dash(index: int) -> str:
    """Return its dash pattern; dashes shift against colours after one turn, so that no pair comes twice early."""
    return DASHES[(index + index // len(COLOURS)) % len(DASHES)]


def letter(index: int) -> str:
    """Return its letter: A, B, ... Z, then AA, AB, ..."""
    head, tail = divmod(index, 26)
    return (letter(head - 1) if head else "") + chr(ord("A") + tail)
