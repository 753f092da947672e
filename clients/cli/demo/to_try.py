"""What to type while a kept demo runs: each line works as it stands, in any folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from google.protobuf.json_format import MessageToDict

from clients.cli.demo.desk import Desk, day_interval
from clients.cli.demo.scene import City, Staff


def _program(name: str) -> str:
    """Return the path of a program that was installed with this one."""
    return str(Path(sys.executable).with_name(name))


_PACKAGE = "fieldwork.v1"
_BEARER = '-H "authorization: Bearer $TOKEN"'
_BUF = f"{_program('buf')} curl --protocol grpc --http2-prior-knowledge {_BEARER}"


def lines_to_try(desk: Desk, city: City, staff: Staff, feed: str, pids: Mapping[str, int]) -> str:
    """Return the lines: the API, the command line, the calendar feed, and how to end it all."""
    environment = f"FIELDWORK_SERVER={desk.target} FIELDWORK_TOKEN=$TOKEN"
    list_routes = f"{_PACKAGE}.RouteService/ListRoutes"
    lines = (
        f"==> left running: {', '.join(f'{name} (pid {pid})' for name, pid in pids.items())}",
        "",
        f"TOKEN={desk.token('booking_administrator')}",
        f"{_BUF} -d '{_routes(city, staff)}' http://{desk.target}/{list_routes}",
        f"{_BUF} -d '{_slots(city)}' http://{desk.target}/{_PACKAGE}.BookingService/SearchSlots",
        f"{environment} {_program('fieldwork')} route {staff.officers[0]} {city.day}",
        f"curl {feed}",
        "# where grpcurl is installed:",
        f"grpcurl -plaintext {_BEARER} -d '{_routes(city, staff)}' {desk.target} {list_routes}",
        "",
        f"kill {' '.join(str(pid) for pid in pids.values())}    # ends it",
    )
    return "\n".join(lines)


def _routes(city: City, staff: Staff) -> str:
    day = {"year": city.day.year, "month": city.day.month, "day": city.day.day}
    return json.dumps({"team": f"teams/{staff.team}", "date": day})


def _slots(city: City) -> str:
    return json.dumps(
        {
            "service": "services/consultation",
            "premises": city.premises[len(city.premises) // 2].name,
            "orderBy": "SLOT_ORDER_LEAST_TRAVEL",
            "pageSize": 1,
            "interval": MessageToDict(day_interval(city.day, city.zone)),
        }
    )
