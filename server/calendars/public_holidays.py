"""Public holidays of a country or of a part of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays


class UnknownCountryError(ValueError):
    """Nobody knows the holidays of that country, or of that part of it."""


class PublicHolidays:
    """The holidays of a country (ISO 3166) and, when named, of a part of it (ISO 3166-2); no country: none."""

    def __init__(self, country: str, subdivision: str = "") -> None:
        self._country = country
        self._subdivision = subdivision or None
        self._known = cache(self._read)
        try:
            self._known(2000)
        except NotImplementedError as error:
            where = f"{country}-{subdivision}" if subdivision else country
            raise UnknownCountryError(f"nobody knows the public holidays of {where}") from error

    def of_year(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a year and what people call them there."""
        return self._known(year)

    def _read(self, year: int) -> Mapping[date, str]:
        if not self._country:
            return {}
        return dict(sorted(holidays.country_holidays(self._country, subdiv=self._subdivision, years=year).items()))
