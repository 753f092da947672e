"""The audit is read through a real server, on the small authority."""

from tests.makers.stage import opened, world
from tests.watch.conftest import served, settings

__all__ = ["opened", "served", "settings", "world"]
