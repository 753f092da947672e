"""Which channels a customer is written to through (W02, O08)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from server.domain.booking import Customer
from server.domain.customer import CustomerRecord
from server.domain.message import Channel
from tests.calendars.makers import NOW
from tests.notify.conftest import Office

SMS, EMAIL = Channel.SMS, Channel.EMAIL
AINO = CustomerRecord(7, "Aino Esimerkki", NOW)
BOTH = Customer("Aino Esimerkki", "+358401234567", "aino@example.com")


@pytest.mark.parametrize(
    ("record", "details", "used"),
    [
        (AINO, BOTH, (1, 1)),
        (replace(AINO, preferred_channels=(EMAIL, SMS)), BOTH, (0, 1)),
        (replace(AINO, preferred_channels=(EMAIL,)), BOTH, (0, 1)),
        (replace(AINO, preferred_channels=(EMAIL, SMS)), replace(BOTH, email=""), (1, 0)),
        (replace(AINO, preferred_channels=(EMAIL,)), replace(BOTH, email=""), (1, 0)),
        (replace(AINO, preferred_channels=(EMAIL,), opted_out_channels=(SMS,)), replace(BOTH, email=""), (0, 0)),
        (replace(AINO, opted_out_channels=(SMS,)), BOTH, (0, 1)),
        (replace(AINO, opted_out_channels=(SMS, EMAIL)), BOTH, (0, 0)),
    ],
)
def test_messages_go_through_the_first_preferred_channel_and_never_through_one_opted_out_of(
    office: Office, record: CustomerRecord, details: Customer, used: Sequence[int]
) -> None:
    with office.store.begin() as tx:
        tx.customers.add(record)
    booking = office.book(1, customer=details, customer_id=record.id)
    office.messages.deliver(booking.id, 1, "booking.confirmed")
    assert (len(office.sms.sent), len(office.mail.sent)) == tuple(used)
