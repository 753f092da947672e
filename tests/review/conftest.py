"""Every test ends with a look at the whole truth."""

from tests.makers.stage import opened, world

__all__ = ["opened", "world"]
