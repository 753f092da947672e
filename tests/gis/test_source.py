import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gis import demo_city
from gis.errors import FetchFailed
from gis.source import fetch


class _Quiet(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - emptied by the fixture

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/broken.osm.pbf":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    _Quiet.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(demo_city.EXTRACT.parent)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_is_kept_for_the_next_time(address: str, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    url = f"{address}/helsinki.osm.pbf"
    first = fetch(url, tmp_path / "cache", lambda *step: told.append(step))
    assert first.read_bytes() == demo_city.EXTRACT.read_bytes()
    assert first.name.endswith("helsinki.osm.pbf")
    assert told[-1] == ("downloading", 685_110, 685_110)
    assert fetch(url, tmp_path / "cache") == first
    assert _Quiet.asked == ["/helsinki.osm.pbf"]


def test_a_download_that_breaks_off_leaves_nothing_behind(address: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"broken\.osm\.pbf: broke off after 4 of 1,000 bytes"):
        fetch(f"{address}/broken.osm.pbf", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_download_over_the_limit_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="larger than the limit of 1,000 bytes"):
        fetch(f"{address}/helsinki.osm.pbf", tmp_path, limit_bytes=1_000)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_address_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="the server answered 404"):
        fetch(f"{address}/none.osm.pbf", tmp_path)
    with pytest.raises(FetchFailed, match="check the address"):
        fetch("http://127.0.0.1:1/none.osm.pbf", tmp_path)
    with pytest.raises(FetchFailed, match="ftp: is not supported"):
        fetch("ftp://127.0.0.1/none.osm.pbf", tmp_path)


def test_a_file_is_taken_where_it_is(tmp_path: Path) -> None:
    assert fetch(str(demo_city.EXTRACT), tmp_path) == demo_city.EXTRACT
    assert fetch(demo_city.EXTRACT.as_uri(), tmp_path) == demo_city.EXTRACT
    with pytest.raises(FetchFailed, match="no such file"):
        fetch(str(tmp_path / "none.osm.pbf"), tmp_path)
