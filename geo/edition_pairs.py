"""PURE: which area of one edition is which of another: by code within a list, else by the ground they share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Twins:
    """`pairs` are (id before, id after); the others have nobody on the other side."""

    pairs: tuple[tuple[int, int], ...]
    gone: tuple[int, ...]
    new: tuple[int, ...]


def areas_paired(before: GeoDataFrame, after: GeoDataFrame, *, same_list: bool) -> Twins:
    """Pair the areas of one level; frames have `code` and boundaries in one CRS, the index is the id.

    Within a list a code means a place. Between lists it does not: 91 codes stand in both lists of Yichun and name
    different towns. There, and for codes that only one side has, two areas are one when what they share is more than
    half of what either covers: nobody can have two such partners.
    """
    by_code = dict(zip(after["code"], after.index, strict=True)) if same_list else {}
    coded = zip(before.index, before["code"], strict=True)
    pairs = [(int(one), int(by_code[code])) for one, code in coded if code in by_code]
    left = before.drop(index=[one for one, _ in pairs])
    right = after.drop(index=[other for _, other in pairs])
    pairs += _by_ground(left, right)
    first, second = {one for one, _ in pairs}, {other for _, other in pairs}
    return Twins(
        tuple(sorted(pairs)),
        tuple(int(one) for one in before.index if one not in first),
        tuple(int(other) for other in after.index if other not in second),
    )


def _by_ground(before: GeoDataFrame, after: GeoDataFrame) -> list[tuple[int, int]]:
    if before.empty or after.empty:
        return []
    left, right = after.sindex.query(before.geometry, predicate="intersects")
    ones, others = before.geometry.to_numpy()[left], after.geometry.to_numpy()[right]
    shared = shapely.area(shapely.intersection(ones, others))
    half = shared > 0.5 * (shapely.area(ones) + shapely.area(others) - shared)
    return [
        (int(before.index[one]), int(after.index[other])) for one, other in zip(left[half], right[half], strict=True)
    ]


def ground_changed(before: GeoDataFrame, after: GeoDataFrame, twins: Twins) -> dict[int, BaseGeometry]:
    """Return the ground that belongs to another area than before, by the id of the area after (one gone: its own).

    Areas whose boundary did not move are left out.
    """
    changed = {
        new: shapely.symmetric_difference(before.geometry[old], after.geometry[new])
        for old, new in twins.pairs
        if not shapely.equals_exact(before.geometry[old], after.geometry[new], normalize=True)
    }
    changed |= {new: after.geometry[new] for new in twins.new}
    return changed | {old: before.geometry[old] for old in twins.gone}


def largest_share(shape: BaseGeometry, areas: GeoDataFrame) -> int | None:
    """Return the id of the area that holds most of a shape, None where none holds any of it."""
    near = areas.iloc[areas.sindex.query(shape, predicate="intersects")]
    if near.empty:
        return None
    shares = shapely.area(shapely.intersection(near.geometry.to_numpy(), shape))
    return int(near.index[int(np.argmax(shares))]) if shares.max() > 0 else None


def parents_after(twins: Mapping[str, Twins]) -> dict[int, int]:
    """Return whose row stands for whose after the pairs of all levels have changed places."""
    pairs = [pair for level in twins.values() for pair in level.pairs]
    return dict(pairs) | {other: one for one, other in pairs}
