"""The part of the streets that one profile can use, and the fastest ways over it between places."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gis.arcs import Arcs, Weights, join, weights
from gis.profile import Profile
from gis.snap import Snapped
from gis.streets import Durations, Ints, Streets

_BLOCK_CELLS = 4_000_000
"""Dijkstra's answers are kept for this many (start, node) pairs at a time: 32 MB."""


class Network:
    """Streets open to the profile, of which every one can be reached from every other.

    Streets outside the largest strongly connected part are left out: nothing comes back from a one-way trap.
    """

    def __init__(self, streets: Streets, profile: Profile) -> None:
        self._streets = streets
        self._durations: Durations = streets.durations[profile]
        every = _open_arcs(streets, self._durations).best()
        _, part = connected_components(every.matrix(streets.junctions), directed=True, connection="strong")
        largest = int(np.bincount(part).argmax())
        both = (part[streets.start] == largest) & (part[streets.end] == largest)
        is_open = (self._durations.forward_ms > 0) | (self._durations.backward_ms > 0)
        self.streets: NDArray[np.intp] = np.flatnonzero(both & is_open)
        self._arcs = every.pick((part[every.tail] == largest) & (part[every.head] == largest))

    @property
    def arcs(self) -> int:
        """How many directed connections between junctions there are."""
        return len(self._arcs)

    @property
    def junctions(self) -> int:
        """How many junctions can be reached."""
        return len(np.unique(self._arcs.tail))

    def with_stops(self, snapped: Sequence[Snapped]) -> "NetworkWithStops":
        """The network with one more node for every distinct spot; passing through one costs nothing extra."""
        spots = np.array([(s.street, s.decimetre) for s in snapped], dtype=np.int64).reshape(-1, 2)
        distinct, index = np.unique(spots, axis=0, return_inverse=True)
        first = self._streets.junctions
        added = self._arcs_of_stops(distinct, first).best()
        arcs = join(self._arcs, added)
        return NetworkWithStops(arcs, arcs.matrix(first + len(distinct)), first, index.reshape(-1).astype(np.int32))

    def _arcs_of_stops(self, spots: NDArray[np.int64], first: int) -> Arcs:
        """Cuts each street at its spots (sorted by street and decimetre), in the directions that are open."""
        street, at = spots[:, 0], spots[:, 1]
        node = np.arange(first, first + len(spots))
        same = street[1:] == street[:-1]
        opens = np.concatenate([[True], ~same])[: len(spots)]
        closes = np.concatenate([~same, [True]])[: len(spots)]
        before = np.where(opens, self._streets.start[street], node - 1)
        begin = np.where(opens, 0, np.concatenate([[0], at])[: len(spots)])
        cuts = _Cuts(
            street=np.concatenate([street, street[closes]]),
            tail=np.concatenate([before, node[closes]]),
            head=np.concatenate([node, self._streets.end[street[closes]]]),
            begin=np.concatenate([begin, at[closes]]),
            until=np.concatenate([at, self._streets.decimetres[street[closes]]]),
        )
        along = self._cut_arcs(cuts, self._durations.forward_ms)
        return join(along, self._cut_arcs(cuts.reversed(), self._durations.backward_ms))

    def _cut_arcs(self, cuts: "_Cuts", durations_ms: Ints) -> Arcs:
        """Shares of a street's duration, rounded so that the shares of one street add up to the whole."""
        whole_ms = durations_ms[cuts.street].astype(np.int64)
        whole = self._streets.decimetres[cuts.street].astype(np.int64)
        ms = np.abs(whole_ms * cuts.until // whole - whole_ms * cuts.begin // whole)
        arcs = Arcs(
            cuts.tail.astype(np.int32),
            cuts.head.astype(np.int32),
            weights(ms, np.abs(cuts.until - cuts.begin)),
            cuts.street.astype(np.int32),
            cuts.begin.astype(np.int32),
            cuts.until.astype(np.int32),
        )
        return arcs.pick(whole_ms > 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """Pieces of streets between spots, as drawn or the other way round."""

    street: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    begin: NDArray[np.int64]
    until: NDArray[np.int64]

    def reversed(self) -> "_Cuts":
        return _Cuts(self.street, self.head, self.tail, self.until, self.begin)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkWithStops:
    """A network and, for each place asked for, the node at which it is reached."""

    arcs: Arcs
    matrix: csr_array
    first_stop: int
    stop_of_place: Ints

    def between_all(self) -> Weights:
        """From every place (row) to every place (column)."""
        stops = self.matrix.shape[0] - self.first_stop
        rows = max(1, _BLOCK_CELLS // max(1, self.matrix.shape[0]))
        found = np.empty((stops, stops))
        for low in range(0, stops, rows):
            sources = np.arange(self.first_stop + low, self.first_stop + min(low + rows, stops))
            found[low : low + rows] = dijkstra(self.matrix, indices=sources)[:, self.first_stop :]
        return np.asarray(found[np.ix_(self.stop_of_place, self.stop_of_place)])

    def to_and_from(self, place: int) -> tuple[Weights, Weights]:
        """From every place to this one, and from this one to every place."""
        node = self.first_stop + self.stop_of_place[place : place + 1]
        away = dijkstra(self.matrix, indices=node)[0, self.first_stop :]
        back = dijkstra(self.matrix.T.tocsr(), indices=node)[0, self.first_stop :]
        return back[self.stop_of_place], away[self.stop_of_place]

    def way(self, start: int, goal: int) -> list[tuple[int, int, int]]:
        """The (street, from decimetre, to decimetre) pieces of the fastest way between two places."""
        source, node = (self.first_stop + int(self.stop_of_place[place]) for place in (start, goal))
        _, tree = dijkstra(self.matrix, indices=np.array([source]), return_predecessors=True)
        before = tree[0]
        pieces: list[tuple[int, int, int]] = []
        while node != source and before[node] >= 0:
            arc = np.flatnonzero((self.arcs.tail == before[node]) & (self.arcs.head == node))[0]
            pieces.append((int(self.arcs.street[arc]), int(self.arcs.begin[arc]), int(self.arcs.until[arc])))
            node = int(before[node])
        return pieces[::-1]


def _open_arcs(streets: Streets, durations: Durations) -> Arcs:
    everywhere = np.arange(len(streets.start), dtype=np.int32)
    forward, backward = durations.forward_ms > 0, durations.backward_ms > 0
    nowhere, whole = np.zeros_like(streets.decimetres), streets.decimetres
    along = Arcs(streets.start, streets.end, weights(durations.forward_ms, whole), everywhere, nowhere, whole).pick(forward)
    against = Arcs(streets.end, streets.start, weights(durations.backward_ms, whole), everywhere, whole, nowhere).pick(
        backward
    )
    return join(along, against)
