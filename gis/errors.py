"""Refusals of this package: each message names the file or field, the value and the remedy."""


class GisError(Exception):
    """Any refusal of this package; the message can be shown to a person as it is."""


class InvalidPosition(GisError, ValueError):
    """Latitude and longitude that name no place on Earth."""


class InvalidRecord(GisError, ValueError):
    """A record with a field that cannot be stored: empty where it may not be, or with a NUL byte."""


class UnreadableExtract(GisError):
    """An OpenStreetMap extract that is missing, empty, truncated or not what its name says."""


class UnreadablePatches(GisError):
    """A GeoJSON file that does not hold named polygons."""


class UnreadableCsv(GisError):
    """A CSV file that cannot be read as a whole; single bad rows are reported instead."""


class UnreadableGraph(GisError):
    """Stored bytes that are not a road graph of this format."""


class NoRoads(GisError):
    """An extract without a single road that the profile may use."""


class FetchFailed(GisError):
    """A file or address from which no extract could be had."""
