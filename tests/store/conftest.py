"""The store is tested on the small authority too, and on one that is broken on purpose."""

from tests.makers.stage import opened, tampered, world

__all__ = ["opened", "tampered", "world"]
