"""Small pieces of SVG, with every text escaped."""

from __future__ import annotations

from html import escape


def text(value: str) -> str:
    """Return a text for XML: escaped, without the control characters that XML does not allow."""
    return escape("".join(letter for letter in value if letter >= " " or letter == "\n"), quote=True)


def element(tag: str, content: str = "", **attributes: object) -> str:
    """Return an element; `class_` is class, underscores become hyphens, floats have one decimal, None is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"' for name, value in attributes.items() if value is not None
    )
    return f"<{tag}{given}>{content}</{tag}>" if content else f"<{tag}{given}/>"


def label(content: str, x: float, y: float, **attributes: object) -> str:
    """Return a text element."""
    return element("text", text(content), x=x, y=y, **attributes)


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return text(str(value))
