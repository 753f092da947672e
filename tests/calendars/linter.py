"""What parsers of iCalendar let pass, though calendar programs choke on it."""

from icalendar import Calendar, Event


def defects(ics: str) -> list[str]:
    """Return what is wrong with an iCalendar object; empty when nothing is."""
    found = _layout(ics)
    calendar = Calendar.from_ical(ics)
    events = [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]
    for property_name in ("PRODID", "VERSION"):
        if property_name not in calendar:
            found.append(f"no {property_name}")
    method = str(calendar.get("METHOD", ""))
    for event in events:
        found += _event(event, method)
    keys = [(str(event.get("UID")), event.get("RECURRENCE-ID") and event.decoded("RECURRENCE-ID")) for event in events]
    found += [f"UID {key[0]} twice" for key in set(keys) if keys.count(key) > 1]
    return found


def _layout(ics: str) -> list[str]:
    found = []
    if "\n" in ics.replace("\r\n", "") or "\r" in ics.replace("\r\n", ""):
        found.append("a bare LF or CR")
    if not ics.endswith("END:VCALENDAR\r\n"):
        found.append("does not end with END:VCALENDAR and CRLF")
    for line in ics.split("\r\n"):
        if len(line.encode()) > 75:
            found.append(f"a line of {len(line.encode())} octets: {line[:30]}")
        if any(ord(sign) < 32 and sign != "\t" for sign in line):
            found.append(f"a control character: {line[:30]!r}")
    return found


def _event(event: Event, method: str) -> list[str]:
    found = [f"no {name}" for name in ("UID", "DTSTAMP", "DTSTART", "DTEND") if name not in event]
    if found:
        return found
    start, end = event.decoded("DTSTART"), event.decoded("DTEND")
    if end < start:
        found.append(f"DTEND {end} before DTSTART {start}")
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        if str(event.decoded(name).tzinfo) != "UTC":
            found.append(f"{name} is not UTC")
    if method and "ORGANIZER" not in event:
        found.append(f"{method} without ORGANIZER")
    if method and "SEQUENCE" not in event:
        found.append(f"{method} without SEQUENCE")
    if method == "CANCEL" and str(event.get("STATUS")) != "CANCELLED":
        found.append("CANCEL without STATUS:CANCELLED")
    return found
