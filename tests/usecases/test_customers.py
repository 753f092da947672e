"""Customers' records: contact points, sources, merging, who sees what (W01, W02, W06)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.domain.access_need import AccessNeed
from server.domain.booking import Customer
from server.domain.caller import Caller, Role
from server.domain.customer import ContactKind, ContactPoint, CustomerFilter, CustomerRecord
from server.domain.errors import CustomerMerged, InvalidField, NotFound, NotYours, StaleEtag
from server.domain.message import Channel
from server.domain.paging import Page
from server.store import tables
from server.usecases.ports import AlreadyAnswered
from tests.makers.world import BOSS, NOW, STAFF, World

CRM = Caller("crm-service", Role.PARTNER, system="crm")
MANAGER = Caller("manager@city", Role.MANAGER)
ANNA = Caller("anna@city", Role.OFFICER, "anna")


def a_record(name: str = "Aino Esimerkki", *points: ContactPoint, **known: Any) -> CustomerRecord:
    return replace(CustomerRecord(0, name, NOW, contact_points=points), **known)


def phone(number: str, label: str = "") -> ContactPoint:
    return ContactPoint(ContactKind.PHONE, number, label)


def email(address: str) -> ContactPoint:
    return ContactPoint(ContactKind.EMAIL, address)


def keep(
    world: World,
    record: CustomerRecord,
    name: str = "",
    etag: str = "",
    fields: tuple[str, ...] = (),
    caller: Caller = STAFF,
) -> CustomerRecord:
    return world.app.customers.upsert(world.request(caller), name, etag, record, fields)


def found(world: World, text: str, caller: Caller = STAFF) -> list[str]:
    return [one.full_name for one in world.app.customers.list(caller, Page(), CustomerFilter(text)).items]


def test_a_record_keeps_several_contact_points_in_their_standard_forms(world: World) -> None:
    """W01."""
    made = keep(
        world,
        a_record("  Aino   Esimerkki ", phone("040 123 4567", "work"), phone("+44 20 7946 0958"), email("Aino@EXAMPLE.com")),
    )
    assert made == world.app.customers.get(STAFF, made.name)
    assert made.full_name == "Aino Esimerkki"
    assert [point.value for point in made.contact_points] == ["+358401234567", "+442079460958", "Aino@example.com"]
    assert made.contact_points[0].label == "work"


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (phone("call me"), "customer.contact_points[1].phone"),
        (phone("040"), "customer.contact_points[1].phone"),
        (email("no address"), "customer.contact_points[1].email"),
        (phone("  "), "customer.contact_points[1]"),
        (phone("+358 40 123 4567"), "customer.contact_points[1]"),
    ],
)
def test_a_contact_point_that_cannot_be_right_is_refused_by_its_place(world: World, point: ContactPoint, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        keep(world, a_record("Aino", phone("040 123 4567"), point))
    assert [one.field for one in refused.value.violations] == [field]
    assert world.rows(tables.customer) == []


def test_another_system_finds_its_record_again_by_the_id_there(world: World) -> None:
    """W06: upsert by external id; what it does not tell stays."""
    first = keep(world, a_record(source="crm", external_id="17", company="Kahvila Oy"), caller=CRM)
    again = keep(world, a_record("Aino Uusi", source="crm", external_id="17"), caller=CRM)
    assert (again.id, again.full_name, again.company, again.version) == (first.id, "Aino Uusi", "Kahvila Oy", 2)
    assert len(world.rows(tables.customer)) == 1


def test_a_field_is_emptied_by_naming_it(world: World) -> None:
    made = keep(world, a_record("Aino", phone("0401234567"), company="Kahvila Oy"))
    changed = keep(world, a_record(""), made.name, made.etag, ("company", "contact_points"))
    assert (changed.full_name, changed.company, changed.contact_points) == ("Aino", "", ())
    assert world.app.customers.get(STAFF, made.name) == changed
    with pytest.raises(InvalidField, match="display_name"):
        keep(world, a_record(""), made.name, "", ("full_name",))


def test_a_record_read_before_somebody_changed_it_is_not_written_back(world: World) -> None:
    made = keep(world, a_record())
    keep(world, a_record("Aino Muu"), made.name, made.etag)
    with pytest.raises(StaleEtag):
        keep(world, a_record("Aino Vanha"), made.name, made.etag)


def test_a_partner_writes_and_reads_the_records_of_its_own_system_only(world: World) -> None:
    own = keep(world, a_record(source="crm", external_id="1"), caller=CRM)
    other = keep(world, a_record("Eino", source="licensing", external_id="1"))
    for source in ("licensing", ""):
        with pytest.raises(NotYours, match="your own system"):
            keep(world, a_record(source=source, external_id="2" if source else ""), caller=CRM)
    assert world.app.customers.get(CRM, own.name) == own
    with pytest.raises(NotFound):
        world.app.customers.get(CRM, other.name)
    assert found(world, "", CRM) == ["Aino Esimerkki"]
    with pytest.raises(InvalidField, match="merge records instead"):
        keep(world, a_record(source="crm", external_id="3"), own.name, caller=CRM)


def test_a_partner_without_a_system_of_its_own_owns_what_is_named_as_it(world: World) -> None:
    partner = Caller("licensing", Role.PARTNER)
    assert keep(world, a_record(source="licensing", external_id="1"), caller=partner).source == "licensing"


def test_customers_are_found_by_a_part_of_the_name_and_by_whole_contact_points(world: World) -> None:
    keep(world, a_record("Aino Esimerkki", phone("040 123 4567"), company="Kahvila 100%"))
    keep(world, a_record("Eino Toinen", email("eino@example.com")))
    assert found(world, "") == ["Aino Esimerkki", "Eino Toinen"]
    assert found(world, "esim") == ["Aino Esimerkki"]
    assert found(world, "100%") == ["Aino Esimerkki"]
    assert found(world, "+358 40 1234567") == found(world, "0401234567") == ["Aino Esimerkki"]
    assert found(world, "eino@EXAMPLE.com") == ["Eino Toinen"]
    assert found(world, "0409") == []
    with pytest.raises(InvalidField, match="not for managers"):
        found(world, "0401234567", MANAGER)


def test_a_list_of_customers_goes_on_where_it_stopped(world: World) -> None:
    for name in ("Cleo", "Aino", "Ben"):
        keep(world, a_record(name))
    first = world.app.customers.list(STAFF, Page(2), CustomerFilter())
    rest = world.app.customers.list(STAFF, Page(2, first.next_token), CustomerFilter())
    assert [one.full_name for one in (*first.items, *rest.items)] == ["Aino", "Ben", "Cleo"]


def test_an_officer_sees_nobody_but_the_customers_on_own_routes(world: World) -> None:
    made = keep(world, a_record())
    with pytest.raises(NotYours, match="not a customer on your routes"):
        world.app.customers.get(ANNA, made.name)


def test_merging_joins_conservatively_and_says_where_the_loser_went(world: World) -> None:
    """W06: merge keeps what both knew; who opted out stays opted out."""
    winner = keep(
        world,
        a_record(
            "Aino", phone("0401234567"), preferred_channels=(Channel.SMS, Channel.EMAIL), access_needs=(), company="Kahvila"
        ),
    )
    loser = keep(
        world,
        a_record(
            "A. Esimerkki",
            phone("0401234567"),
            email("aino@example.com"),
            opted_out_channels=(Channel.SMS,),
            language="fi",
            company="Baari",
        ),
    )
    joined = world.app.customers.merge(world.request(), winner.name, loser.name, winner.etag, loser.etag)
    assert joined == world.app.customers.get(STAFF, winner.name)
    assert [point.value for point in joined.contact_points] == ["+358401234567", "aino@example.com"]
    assert (joined.preferred_channels, joined.opted_out_channels) == ((Channel.EMAIL,), (Channel.SMS,))
    assert (joined.full_name, joined.company, joined.language) == ("Aino", "Kahvila", "fi")
    assert world.app.customers.get(STAFF, loser.name).merged_into == winner.id
    assert found(world, "") == ["Aino"]
    audits = [(row.actor, row.action, row.subject, row.detail["loser"]) for row in world.rows(tables.audit)]
    assert audits == [(STAFF.principal, "customer.merged", name, loser.name) for name in (winner.name, loser.name)]


def test_a_merged_record_refuses_every_write_and_names_the_winner(world: World) -> None:
    winner, loser, third = (keep(world, a_record(name, source="crm", external_id=name)) for name in "abc")
    merge = world.app.customers.merge
    merge(world.request(), winner.name, loser.name, "", "")
    tries: tuple[Callable[[], object], ...] = (
        lambda: keep(world, a_record("x"), loser.name),
        lambda: keep(world, a_record("x", source="crm", external_id="b"), caller=CRM),
        lambda: merge(world.request(), third.name, loser.name, "", ""),
        lambda: merge(world.request(), loser.name, third.name, "", ""),
    )
    for again in tries:
        with pytest.raises(CustomerMerged) as refused:
            again()
        assert refused.value.facts["merged_into"] == winner.name
    merge(world.request(), third.name, winner.name, "", "")
    assert world.app.customers.get(STAFF, loser.name).merged_into == third.id


def test_a_merge_of_records_that_changed_or_are_one_is_refused(world: World) -> None:
    one, two = keep(world, a_record("One")), keep(world, a_record("Two"))
    with pytest.raises(InvalidField, match="two different"):
        world.app.customers.merge(world.request(), one.name, one.name, "", "")
    with pytest.raises(StaleEtag):
        world.app.customers.merge(world.request(), one.name, two.name, "", "v9")
    with pytest.raises(NotFound):
        world.app.customers.merge(world.request(), one.name, "customers/0123456789abc", "", "")
    assert [row.version for row in world.rows(tables.customer)] == [1, 1]


def test_needs_must_be_in_the_catalogue(world: World) -> None:
    with pytest.raises(InvalidField, match="'bsl' is no access need"):
        keep(world, a_record(access_needs=("bsl",)))
    world.app.access_needs.upsert(world.request(BOSS), AccessNeed("bsl", "Sign language", "lang-bsl", 1))
    assert keep(world, a_record(access_needs=("bsl",))).access_needs == ("bsl",)


def test_a_preference_for_a_channel_that_is_opted_out_of_is_refused(world: World) -> None:
    """W02."""
    with pytest.raises(InvalidField, match="SMS is opted out of"):
        keep(world, a_record(preferred_channels=(Channel.SMS,), opted_out_channels=(Channel.SMS,)))


def test_details_for_a_booking_come_from_the_record_where_none_are_given() -> None:
    """B08: given details win."""
    record = a_record("Aino", phone("+358401234567"), email("aino@example.com"), language="fi")
    assert record.filled(Customer("")) == Customer("Aino", "+358401234567", "aino@example.com", "fi")
    assert record.filled(Customer("Eino", "+358409999999")).phone == "+358409999999"


def test_a_repeated_write_changes_nothing(world: World) -> None:
    key = world.request().request_id
    world.app.customers.upsert(world.request(key=key), "", "", a_record(), ())
    with pytest.raises(AlreadyAnswered):
        world.app.customers.upsert(world.request(key=key), "", "", a_record(), ())
    assert len(world.rows(tables.customer)) == 1
