"""Wrong settings, databases, files and arguments: the command names what is wrong and the remedy, and shows no insides."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from fieldwork.v1 import organisation_pb2
from psycopg import sql

from server.setup.address import for_driver, with_database
from server.setup.databases import connect
from tests.e2e.authority import turns
from tests.e2e.calling import ask
from tests.e2e.conftest import System
from tests.e2e.system import ROOT, Finished, Installation, no_traceback
from tests.rpc.raw import bearer

CITY = ROOT / "gis" / "data" / "helsinki.osm.pbf"


def refused(done: Finished, *words: str, code: int = 1) -> None:
    """The command ended by itself, said those words on standard error, and no more than words."""
    assert done.code == code, done.said
    assert no_traceback(done.said), done.said
    for word in words:
        assert word in done.err, done.said


WRONG_SETTINGS = [
    ("LOG_LEVEL", "loud"),
    ("LOG_FORMAT", "xml"),
    ("METRICS_PORT", "99999"),
    ("METRICS_PORT", "x"),
    ("DRAIN_SECONDS", "-1"),
    ("DRAIN_SECONDS", "nan"),
    ("DRAIN_SECONDS", "inf"),
    ("POOL_SIZE", "0"),
    ("SMTP_TLS", "yes"),
    ("SMTP_PORT", "0"),
    ("REGION", "Finland"),
    ("AUTHORITY_LANGUAGE", "Finnish please"),
    ("AUTHORITY_EMAIL", "nobody"),
    ("INSECURE_DEMO_TOKENS_ANYWHERE", "maybe"),
]


@pytest.mark.parametrize("settings", [WRONG_SETTINGS[::5], pytest.param(WRONG_SETTINGS, marks=pytest.mark.long)])
def test_a_wrong_setting_is_refused_by_its_name_and_value(tmp_path: Path, settings: list[tuple[str, str]]) -> None:
    made = Installation(tmp_path, None)

    def one(setting: tuple[str, str]) -> None:
        name, value = f"FIELDWORK_{setting[0]}", setting[1]
        refused(made.run("token", "--role", "public", **{name: value}), name, repr(value))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, settings))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "COMMAND"),
        (("sing",), "sing"),
        (("import", "nothing"), "nothing"),
        (("token",), "--role"),
        (("token", "--role", "king"), "booking_administrator"),
        (("token", "--role", "officer"), "--officer"),
        (("token", "--role", "public", "--ttl", "0"), "--ttl"),
        (("token", "--role", "public", "--principal", ""), "--principal"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_arguments_are_refused_by_name(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    refused(Installation(tmp_path, None).run(*arguments), words, code=2)


def test_a_token_of_the_command_is_taken_by_the_server(system: System) -> None:
    made = system.installation.run("token", "--role", "manager", "--principal", "nadia", "--ttl", "60")
    assert (made.code, made.err) == (0, "")
    answer = ask(
        system.channel, "OrganisationService/ListTeams", organisation_pb2.ListTeamsRequest(), bearer(made.out.strip())
    )
    assert answer.code == "OK"


WRONG_ADDRESSES = [
    "0.0.0.0:0",
    "nonsense",
    "127.0.0.1:99999",
    ":8470",
    "unix:",
    "unix:/nowhere/api.sock",
    f"unix:/tmp/{'x' * 200}",
]


@pytest.mark.long
@pytest.mark.parametrize("address", WRONG_ADDRESSES)
def test_an_address_that_cannot_be_listened_on_is_refused(system: System, address: str) -> None:
    refused(system.installation.run("serve", FIELDWORK_ADDRESS=address), address, code=2)


def database_urls(good: str) -> dict[str, tuple[str, str]]:
    """Return wrong URLs of databases, and what is said of each."""
    name = good.partition("?")[0].rpartition("/")[2]
    return {
        "no URL": ("nonsense", "no URL of a PostgreSQL database"),
        "another kind": ("mysql://me:s3cret@host/db", "no URL of a PostgreSQL database"),
        "nobody there": ("postgresql://me:s3cret@127.0.0.1:1/db", "127.0.0.1"),
        "no such host": ("postgresql://me:s3cret@no-such-host.invalid/db", "no-such-host.invalid"),
        "no such database": (with_database(good, "no_such_database"), "no_such_database"),
        "no such role": (good.replace("fieldwork@", "nobody:s3cret@"), "nobody"),
        "no such socket": (f"postgresql://me@/{name}?host=/nowhere", "/nowhere"),
        "no such option": ("postgresql://me@host/db?colour=red", "cannot be read"),
        "NUL": ("postgresql://me%00you@host/db", "cannot be read"),
    }


@pytest.mark.parametrize(
    ("verb", "kinds"),
    [
        ("migrate", {"another kind", "no such database", "no such role"}),
        pytest.param("migrate", None, marks=pytest.mark.long),
        pytest.param("serve", None, marks=pytest.mark.long),
    ],
)
def test_a_database_that_is_not_there_is_refused_without_its_password(
    database_url: str, tmp_path: Path, verb: str, kinds: set[str] | None
) -> None:
    def one(wrong: tuple[str, str]) -> None:
        done = Installation(tmp_path, wrong[0]).run(verb)
        refused(done, "FIELDWORK_DATABASE_URL", wrong[1], "unset the variable")
        assert "s3cret" not in done.said

    wanted = [wrong for kind, wrong in database_urls(database_url).items() if kinds is None or kind in kinds]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, wanted))


def test_a_blank_after_the_databases_url_is_no_part_of_it(system: System) -> None:
    done = Installation(system.installation.home, f"{system.url} ").run("db", "status")
    assert done.code == 0, done.said


@pytest.fixture
def bare(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation on a database without tables."""
    name = f"{database_url.partition('?')[0].rpartition('/')[2]}_old"
    with connect(database_url) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield Installation(tmp_path, with_database(database_url, name))
    with connect(database_url) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_a_database_that_belongs_to_somebody_else_is_left_alone(bare: Installation) -> None:
    assert bare.url is not None
    with psycopg.connect(for_driver(bare.url), autocommit=True) as connection:
        connection.execute("create table booking (mine text)")
        before = connection.execute("select count(*) from pg_class").fetchone()
        refused(bare.run("migrate"), "booking", "nothing was changed")
        assert connection.execute("select count(*) from pg_class").fetchone() == before


def test_tables_of_a_newer_program_are_left_alone(bare: Installation) -> None:
    assert bare.url is not None
    with psycopg.connect(for_driver(bare.url), autocommit=True) as connection:
        connection.execute("create table alembic_version (version_num varchar(32) primary key)")
        connection.execute("insert into alembic_version values ('9999')")
    for arguments in (("migrate",), ("verify",)):
        refused(bare.run(*arguments), "9999", "newer version")


def broken_extracts(folder: Path) -> dict[str, Path]:
    """Write files that are no extract of a city."""
    city = CITY.read_bytes()
    contents = {
        "empty.osm.pbf": b"",
        "cut-off.osm.pbf": city[:200_000],
        "noise.osm.pbf": os.urandom(5000),
        "damaged.osm.pbf": city[:300_000] + bytes(byte ^ 0xFF for byte in city[300_000:300_400]) + city[300_400:],
        "empty.osm": b"<?xml version='1.0'?><osm version='0.6'></osm>",
        "text.txt": b"hello",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents} | {"a folder": folder, "nothing": folder / "nothing.osm.pbf"}


@pytest.mark.parametrize("kinds", [{"cut-off.osm.pbf", "nothing"}, pytest.param(None, marks=pytest.mark.long)])
def test_an_extract_that_is_broken_is_refused_by_name_and_changes_nothing(
    system: System, tmp_path: Path, kinds: set[str] | None
) -> None:
    before = system.counts()

    def one(path: Path) -> None:
        refused(system.installation.run("import", "city", str(path)), str(path))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, [path for kind, path in broken_extracts(tmp_path).items() if kinds is None or kind in kinds]))
    assert system.counts() == before


def files() -> list[tuple[str, str, list[str]]]:
    """Return kinds of files, their rows, and what is said of them."""
    forward, _ = turns()
    return [
        ("teams", "", ["the file is empty"]),
        ("teams", "code,name\nx,y\n", ["time_zone is missing"]),
        ("teams", "code,name,time_zone\nx,y,Mars/Olympus\nx\0,y,UTC\n", ["line 2", "Mars/Olympus", "line 3", "NUL"]),
        (
            "shifts",
            (
                f"officer,date,start,end\naino,{forward.day},03:30,12:00\naino,9999-12-31,22:00,06:00\n"
                "aino,0001-01-01,08:00,16:00\nnobody,2027-01-04,08:00,16:00\naino,2027-01-04,٠٨:٠٠,16:00\n"
            ),
            ["line 2", "clocks skip it", "line 3", "9999", "line 4", "0001", "line 5", "nobody", "line 6"],
        ),
        (
            "officers",
            (
                "code,name,team,mode,latitude,longitude,skills\na,A,centre,foot,nan,24,\nb,B,centre,foot,24.9,260.1,\n"
                "c,C,centre,rocket,60,24,\nd,D,none,foot,60,24,\ne,E,centre,foot,1e400,24,food:99\n"
            ),
            ["line 2", "line 3", "line 4", "rocket", "line 5", "none", "line 6"],
        ),
        ("visits", "premises,service,team,weight\nosm:node/1,surprise,centre,0\n", ["line 2"]),
        ("bookings", "external_id\n1\n", ["is missing"]),
        ("services", "code,name\nx,y\n", ["is missing"]),
    ]


@pytest.mark.parametrize("kinds", [{"shifts", "officers"}, pytest.param(None, marks=pytest.mark.long)])
def test_a_file_with_wrong_rows_is_left_out_whole(system: System, tmp_path: Path, kinds: set[str] | None) -> None:
    before = system.counts()

    def one(number: int, kind: str, text: str, words: list[str]) -> None:
        path = tmp_path / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        refused(system.installation.run("import", kind, str(path)), *words)

    with ThreadPoolExecutor(2) as pool:
        wanted = [file for file in files() if kinds is None or file[0] in kinds]
        for done in [pool.submit(one, number, *file) for number, file in enumerate(wanted)]:
            done.result()
    assert system.counts() == before
