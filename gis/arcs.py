"""Directed arcs with a length of two parts, and the cheapest ways over them.

One number carries both parts: milliseconds above, decimetres below. So one run of Dijkstra's algorithm finds
the fastest way, the shorter of two equally fast ones, and its duration and length at once, all in exact
integers: a float64 holds them up to 149 hours and 1,677 kilometres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gis.streets import Ints

_DECIMETRE_BITS = 24
_DECIMETRE_MASK = (1 << _DECIMETRE_BITS) - 1
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Arc `i` leads from node `tail` to `head` along `street`, from its decimetre `begin` to `until`."""

    tail: Ints
    head: Ints
    weight: Weights
    street: Ints
    begin: Ints
    until: Ints

    def __len__(self) -> int:
        return len(self.tail)

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Arcs":
        """Only these arcs, in this order."""
        return Arcs(
            self.tail[which],
            self.head[which],
            self.weight[which],
            self.street[which],
            self.begin[which],
            self.until[which],
        )

    def best(self) -> "Arcs":
        """Sorted by tail and head, only the cheapest of each pair, and none from a node to itself."""
        order = np.lexsort((self.weight, self.head, self.tail))
        tail, head = self.tail[order], self.head[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return self.pick(order[first & (tail != head)])

    def matrix(self, nodes: int) -> csr_array:
        """As a sparse matrix; no pair of nodes may have two arcs (`best`)."""
        return csr_array((self.weight, (self.tail, self.head)), shape=(nodes, nodes))


def join(first: Arcs, second: Arcs) -> Arcs:
    """All arcs of both."""
    return Arcs(
        np.concatenate([first.tail, second.tail]),
        np.concatenate([first.head, second.head]),
        np.concatenate([first.weight, second.weight]),
        np.concatenate([first.street, second.street]),
        np.concatenate([first.begin, second.begin]),
        np.concatenate([first.until, second.until]),
    )


def weights(milliseconds: NDArray[np.integer], decimetres: NDArray[np.integer]) -> Weights:
    """Both parts as one number."""
    packed = (milliseconds.astype(np.int64) << _DECIMETRE_BITS) + decimetres.astype(np.int64)
    return packed.astype(np.float64)


def milliseconds_and_decimetres(distance: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two parts again; -1 and -1 where the distance is infinite."""
    found = np.isfinite(distance)
    packed = np.where(found, distance, 0.0).astype(np.int64)
    return np.where(found, packed >> _DECIMETRE_BITS, -1), np.where(found, packed & _DECIMETRE_MASK, -1)
