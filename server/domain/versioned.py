"""Records that count their changes, so that whoever read an older one is told (AIP-154)."""

from __future__ import annotations

from server.domain.errors import StaleEtag


class Versioned:
    """What bookings, visits and plans share: a resource name and a version that rises with every change."""

    __slots__ = ()

    version: int

    @property
    def name(self) -> str:
        """The resource name."""
        raise NotImplementedError

    @property
    def etag(self) -> str:
        """Changes with every change."""
        return f"v{self.version}"

    def must_be(self, etag: str) -> None:
        """Refuse when `etag` is not empty and not the current one."""
        if etag not in ("", self.etag):
            raise StaleEtag(f"{self.name} has changed: read it again", name=self.name, etag=self.etag)
