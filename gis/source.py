"""Getting an extract from a file name or an address."""

import hashlib
import http.client
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import IO

from gis.errors import FetchFailed
from gis.progress import Progress, silent

DEFAULT_LIMIT_BYTES = 2_000_000_000
_CHUNK_BYTES = 1 << 18
_TIMEOUT_SECONDS = 60


def fetch(
    file_or_url: str,
    cache: Path,
    progress: Progress = silent,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> Path:
    """The local file; an http(s) address is downloaded into `cache` once, and a half download is never left there."""
    parts = urllib.parse.urlsplit(file_or_url)
    if parts.scheme == "file":
        return _existing(Path(urllib.request.url2pathname(parts.path)))
    if parts.scheme in {"http", "https"}:
        return _downloaded(file_or_url, cache, progress, limit_bytes)
    if "://" in file_or_url:
        raise FetchFailed(f"{file_or_url}: {parts.scheme}: is not supported; give a file, file://, http:// or https://")
    return _existing(Path(file_or_url).expanduser())


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise FetchFailed(f"{path}: no such file; give the path or the http(s) address of an .osm.pbf extract")
    return path


def _downloaded(url: str, cache: Path, progress: Progress, limit_bytes: int) -> Path:
    """The name in the cache has the address's hash in it, so that two extracts of one name do not mix."""
    name = Path(urllib.parse.urlsplit(url).path).name or "extract.osm.pbf"
    target = cache / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}-{name}"
    if target.is_file():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer, partial.open("wb") as file:  # noqa: S310 - the scheme is checked by fetch
            _copy(answer, file, url, progress, limit_bytes)
        partial.replace(target)
    except urllib.error.HTTPError as refused:
        raise FetchFailed(f"{url}: the server answered {refused.code} {refused.reason}; check the address") from refused
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise FetchFailed(f"{url}: {failed}; check the address and the network, then try again") from failed
    finally:
        partial.unlink(missing_ok=True)
    return target


def _copy(answer: http.client.HTTPResponse, file: IO[bytes], url: str, progress: Progress, limit_bytes: int) -> None:
    total = int(answer.headers.get("Content-Length") or 0)
    done = 0
    while chunk := answer.read(_CHUNK_BYTES):
        done += len(chunk)
        if max(done, total) > limit_bytes:
            raise FetchFailed(f"{url}: larger than the limit of {limit_bytes:,} bytes; take a smaller extract")
        file.write(chunk)
        progress("downloading", done, total)
    if done < total:
        raise FetchFailed(f"{url}: broke off after {done:,} of {total:,} bytes; try again")
