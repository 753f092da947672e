"""Streets as one block of bytes: a zip of plain arrays (.npz), never pickled objects."""

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis.errors import UnreadableGraph
from gis.profile import Profile
from gis.streets import Durations, Streets

_FORMAT = 1
_BROKEN = (ValueError, OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)
_REMEDY = "build the road graph again from its extract"


def streets_to_bytes(streets: Streets) -> bytes:
    """The arrays, compressed, with the fingerprint by which damage is found."""
    buffer = io.BytesIO()
    about = {"format": np.array(_FORMAT), "fingerprint": np.array(streets.fingerprint())}
    np.savez_compressed(buffer, allow_pickle=False, **about, **streets.arrays())
    return buffer.getvalue()


def read_streets(path: Path) -> Streets:
    """The streets in a file, or `UnreadableGraph`."""
    try:
        stored = path.read_bytes()
    except OSError as missing:
        raise UnreadableGraph(f"road graph {path}: {missing.strerror}; {_REMEDY}") from missing
    return streets_from_bytes(stored, f"road graph {path}")


def streets_from_bytes(stored: bytes, origin: str) -> Streets:
    """The streets in these bytes, or `UnreadableGraph` naming their origin."""
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except _BROKEN as broken:
        raise UnreadableGraph(f"{origin}: not a whole .npz archive ({broken}); {_REMEDY}") from broken
    if int(arrays.pop("format", np.array(0))) != _FORMAT:
        raise UnreadableGraph(f"{origin}: not of format {_FORMAT}; {_REMEDY}")
    try:
        fingerprint = arrays.pop("fingerprint")
        streets = _streets(arrays)
    except KeyError as missing:
        raise UnreadableGraph(f"{origin}: array {missing} is missing; {_REMEDY}") from missing
    if str(fingerprint) != streets.fingerprint():
        raise UnreadableGraph(f"{origin}: damaged, its content is not what was written; {_REMEDY}")
    return streets


def _streets(arrays: dict[str, NDArray[np.generic]]) -> Streets:
    return Streets(
        start=arrays["start"].astype(np.int32),
        end=arrays["end"].astype(np.int32),
        decimetres=arrays["decimetres"].astype(np.int32),
        road_class=arrays["road_class"].astype(np.uint8),
        may_stop=arrays["may_stop"].astype(np.bool_),
        shape_from=arrays["shape_from"].astype(np.int32),
        lat_e7=arrays["lat_e7"].astype(np.int32),
        lon_e7=arrays["lon_e7"].astype(np.int32),
        durations={
            profile: Durations(
                arrays[f"{profile}_forward_ms"].astype(np.int32),
                arrays[f"{profile}_backward_ms"].astype(np.int32),
            )
            for profile in Profile
        },
    )
