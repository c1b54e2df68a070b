"""PURE: how far an officer gets: the speeds and the reach with which gaps in a track are judged."""

# How fast an officer usually moves: within a gap nobody is assumed to have gone further.
CRUISE_MPS = {"foot": 1.5, "bicycle": 4.5, "ebike": 7.0, "motorcycle": 11.0, "car": 14.0}
# A phone dead for an hour says nothing about the whole county: a gap reaches at most this far there and back.
REACH_MAX_M = 3000.0
# Streets are not straight: two ends further apart than the usual speed allows were still walked somehow.
DETOUR = 1.2
