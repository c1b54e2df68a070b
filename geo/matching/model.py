"""PURE: what the hidden Markov model is made of: the ground it looks things up in, its numbers, its scratch room."""

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled_leaf, compiled_part
from geo.matching.ahead import MOST_AHEAD
from geo.matching.grid import CANDIDATES, Grid
from geo.matching.network import Floats, Integers, Network
from geo.matching.observations import ARRIVED_S, LEFT_S, OBSERVED, SPEED
from geo.matching.ways import Ways

# The best so many states of a moment are kept, and "off the streets" has the number after them.
STATES = 40
OFF = STATES
# What is added to the number of the state before: the walker turned on the spot; the track was taken up anew.
TURNED, ANEW = 64, 128
# Columns of what is known of a state while it is walked on from: cost, metres along its directed edge, the offset of
# the reading from there, the variance along the street, and the unit vector of the street there.
COST, ALONG, OFFSET_X, OFFSET_Y, VARIANCE, UNIT_X, UNIT_Y = 0, 1, 2, 3, 4, 5, 6
COLUMNS = 7


class Ground(NamedTuple):
    """A network with what the model looks up in it."""

    network: Network
    grid: Grid
    ways: Ways


class Model(NamedTuple):
    """The numbers of the model; how they were found is in docs/matching.md. Costs are negative log-likelihoods."""

    # Up to so much of the usual pace, and of the speed of the minute around, a way costs nothing; a metre more than
    # that costs 1 / beta_m, and nobody gets further than spare_m beyond it.
    pace_share: float = 1.2
    speed_share: float = 1.2
    beta_m: float = 4.5
    spare_m: float = 8.0
    # A crossing further than so many σ out of the way to the next reading is not looked at.
    aside_sigmas: float = 1.5
    # A turn on the spot in the middle of a street.
    turn_cost: float = 4.5
    # Who takes up the track looks for streets within so many σ, and never further than the grid reaches.
    reach_sigmas: float = 3.5
    reach_least_m: float = 35.0
    # An observation off the streets; leaving or finding them again.
    off_cost: float = 1.6
    switch_cost: float = 4.5
    # A place out of all proportion: the track is taken up anew.
    break_cost: float = 14.0
    # A state so much less likely than the best is given up; more than a turn costs, or nobody could turn round.
    beam: float = 5.0
    # What the network itself is astray by, as a share of the variance of a reading.
    floor: float = 0.2


class Stretch(NamedTuple):
    """How the phone errs on a stretch of track (σ of an axis, seconds after which an error has faded to a third), and
    how fast people usually go who go like this.
    """

    sigma_m: float
    memory_s: float
    pace_mps: float


class States(NamedTuple):
    """The states of all observations one after another, those of `now` from `first[now]` on: directed edge, metres
    along it, the number of the state before. `off_back` is the number before "off the streets", one an observation.
    """

    edge: Integers
    along_m: Floats
    back: Integers
    first: Integers
    off_back: Integers


class Room(NamedTuple):
    """Scratch room, made once a call. `slot` holds the row of each directed edge among the new states, else -1.

    What is for the fixes of a track is as long as the longest, so that no track takes memory of its own.
    """

    slot: Integers
    ahead: Integers
    away_m: Floats
    came_by: Integers
    near_edge: Integers
    near: Floats
    old: Floats
    new: Floats
    smooth: Floats
    halts: Integers
    seen: Floats
    path: Integers


@compiled_part
def room_of(ways: Ways, longest: int) -> Room:
    """Return scratch room for a network and tracks of up to `longest` fixes."""
    return Room(
        np.full(len(ways.length_m), -1, np.int64), np.empty(MOST_AHEAD, np.int64), np.empty(MOST_AHEAD),
        np.empty(MOST_AHEAD, np.int64), np.empty(CANDIDATES, np.int64), np.empty((CANDIDATES, 4)),
        np.empty((STATES + 1, COLUMNS)), np.empty((STATES + 1, COLUMNS)),
        np.empty((longest, 2)), np.empty(longest, np.int64), np.empty((longest, OBSERVED)), np.empty(longest, np.int64),
    )  # fmt: skip


@compiled_part
def states_of(longest: int) -> States:
    """Return room for the states of a track of up to `longest` observations; memory is taken where it is written."""
    return States(
        np.empty(longest * STATES, np.int64), np.empty(longest * STATES), np.empty(longest * STATES, np.int64),
        np.empty(longest + 1, np.int64), np.empty(longest, np.int64),
    )  # fmt: skip


@compiled_leaf
def allowed_m(model: Model, pace_mps: float, then: Floats, now: Floats) -> float:
    """Return how far one goes from one observation to the next without being charged for it."""
    mps = max(model.pace_share * pace_mps, model.speed_share * now[SPEED])
    return float(mps * (now[ARRIVED_S] - then[LEFT_S]))
