"""Public holidays by country and part of it."""

from datetime import date

import pytest

from server.calendars.public_holidays import PublicHolidays, UnknownCountryError
from server.settings import Settings, WrongSettingsError
from server.wiring import build

EPIPHANY, MAY_DAY, CHRISTMAS = date(2026, 1, 6), date(2026, 5, 1), date(2026, 12, 25)


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    germany, bavaria = PublicHolidays("DE").of_year(2026), PublicHolidays("DE", "BY").of_year(2026)
    assert EPIPHANY not in germany
    assert bavaria[EPIPHANY]
    assert {MAY_DAY, CHRISTMAS} <= germany.keys() <= bavaria.keys()
    assert list(bavaria) == sorted(bavaria)


def test_no_country_has_no_holidays() -> None:
    assert PublicHolidays("").of_year(2026) == {}


@pytest.mark.parametrize(("country", "part", "named"), [("QQ", "", "QQ"), ("DE", "ZZ", "DE-ZZ")])
def test_an_unknown_place_is_refused_at_the_start(country: str, part: str, named: str) -> None:
    with pytest.raises(UnknownCountryError, match=named):
        PublicHolidays(country, part)
    with pytest.raises(WrongSettingsError, match="FIELDWORK_HOLIDAY_COUNTRY"):
        build(Settings(holiday_country=country, holiday_subdivision=part), "postgresql+psycopg://nobody@localhost:1/none")
