"""SHELL: what an officer saves on a phone: mostly visits, and of everything else a little, some of it wrong.

Every record saved is written into a ledger of the test, which is what the server is compared with at the end.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rings.faults.phone import Phone
from tests.rings.faults.requests import Json, mutation, new_id, visit_mutation

# Verdicts: what must have become of a record once everything is drained. ANY: a person's rights changed meanwhile.
APPLIED, QUARANTINED, VARIANT, ANY = "applied", "quarantined", "variant", "any"


@dataclass
class Saved:
    """One record that a phone called saved, and what must have become of it in the end."""

    mutation: Json
    device: str
    expected: str


class Clerk:
    """Saves records on one phone; knows the doors it may visit and some that it may not."""

    def __init__(
        self, phone: Phone, doors: Sequence[str], foreign_doors: Sequence[str], ledger: list[Saved], seed: Any
    ) -> None:
        """Take the phone, its station's doors and another's, and the ledger."""
        self.phone, self.doors, self.foreign_doors, self.ledger = phone, doors, foreign_doors, ledger
        self.chance = random.Random(str(seed))
        self.visits: list[Json] = []
        self.disputes: list[str] = []
        self.has_rights = True

    def save(self, count: int) -> int:
        """Save about so many records, as the day brings them; return how many they were."""
        before = len(self.ledger)
        while len(self.ledger) - before < count:
            self.chance.choices(_KINDS, _WEIGHTS)[0](self)
        return len(self.ledger) - before

    def keep(self, made: Json, expected: str = APPLIED) -> Json:
        """Save one record and write it into the ledger."""
        sure = expected if self.has_rights or expected == VARIANT else ANY
        self.ledger.append(Saved(made, self.phone.install.device, sure))
        self.phone.save(made)
        return made

    def say(self, kind: str, payload: Json, record_id: str | None = None, expected: str = APPLIED) -> Json:
        """Make a record and save it."""
        return self.keep(mutation(self.phone.install, kind, payload, record_id=record_id), expected)

    # --- kinds --------------------------------------------------------------------------------------------------------
    def visit(self) -> None:
        """An ordinary visit."""
        door = self.chance.choice(self.doors)
        self.visits.append(self.keep(visit_mutation(self.phone.install, door, self.chance)))

    def twins(self) -> None:
        """Two equal visits, which are two visits: nobody was home, twice."""
        made = visit_mutation(self.phone.install, self.chance.choice(self.doors), self.chance)
        payload = {**made["payload"], "hazards": []}  # hazards have ids, and then the content would not be equal
        self.say("visit.record", payload)
        self.say("visit.record", payload)

    def correction(self) -> None:
        """Correct a visit of one's own, once."""
        if self.visits:
            visit = self.visits.pop(self.chance.randrange(len(self.visits)))
            payload = {**visit["payload"], "hazards": [], "outcome": "nobody_home"}
            self.say("visit.correct", {**payload, "corrects": visit["record_id"], "reason": "点错了"})

    def dispute(self) -> None:
        """Open a case, at a door or anywhere in the township."""
        payload: Json = {"category": "neighbour", "summary": "楼上漏水", "source": "visit", "risk": "low"}
        if self.chance.random() < 0.5:
            payload["premises"] = self.chance.choice(self.doors)
        self.disputes.append(self.say("dispute.open", payload)["record_id"])

    def dispute_event(self) -> None:
        """Append a step to a case, allowed in its state or not."""
        if not self.disputes:
            return self.dispute()
        event = self.chance.choice(["registered", "session_held", "failed", "reopened", "closed"])
        payload = {"dispute": self.chance.choice(self.disputes), "event": event, "note": str(self.chance.random())}
        self.say("dispute.event", payload)
        return None

    def outing(self) -> None:
        """A whole outing: start, leg, fixes, something seen, end."""
        patrol, leg = new_id(), new_id()
        first_ms = round(self.phone.install.now_s() * 1000)
        count = self.chance.randint(2, 30)
        fixes = {
            "leg": leg,
            "t_ms": [first_ms + 5000 * n for n in range(count)],
            "lon": [114.05 + n * 1e-5 for n in range(count)],
            "lat": [27.75 + n * 1e-5 for n in range(count)],
            "accuracy_m": [5.0] * count,
            "source": "phone",
        }
        self.say("patrol.start", {"kind": "street", "officers": [], "plan": None}, patrol)
        self.say("patrol.leg", {"patrol": patrol, "mode": "foot"}, leg)
        self.say("patrol.fixes", fixes)
        self.say("patrol.observe", {"patrol": patrol, "category": "facility", "text": "路灯不亮 💡", "place": None})
        self.say("patrol.end", {"patrol": patrol, "ended_how": "officer"}, patrol)

    def proposal(self) -> None:
        """Propose that a door stands empty."""
        door = self.chance.choice(self.doors)
        payload = {"action": "change_state", "premises": door, "state": "vacant", "base": {"state": "active"}}
        self.say("premises.propose", payload)

    def invalid(self) -> None:
        """Something that no server can accept: it must be kept and must stop nothing behind it."""
        door = self.chance.choice(self.doors)
        wrong: list[tuple[str, Json]] = [
            ("visit.record", {"premises": door, "outcome": "dancing"}),
            ("visit.record", {"premises": new_id(), "outcome": "met"}),
            ("visit.record", {"premises": door, "outcome": "met", "religion": "x"}),
            ("horoscope.cast", {"sign": "lion"}),
            ("dispute.open", {"category": "neighbour", "summary": "\u0000", "source": "visit"}),
            ("dispute.event", {"dispute": new_id(), "event": "closed"}),
        ]
        kind, payload = self.chance.choice(wrong)
        self.say(kind, payload, expected=QUARANTINED)

    def foreign(self) -> None:
        """A visit to another station's door."""
        door = self.chance.choice(self.foreign_doors)
        self.keep(visit_mutation(self.phone.install, door, self.chance), QUARANTINED)

    def same_id_other_content(self) -> None:
        """An id that the server knows already comes with another content: both must be kept."""
        sent = [one for one in self.phone.durable.sent.values() if one["kind"] == "visit.record"]
        if sent:
            first = self.chance.choice(sent)
            other = visit_mutation(self.phone.install, first["payload"]["premises"], self.chance)
            other["payload"]["note"] = f"另一内容 {time.monotonic_ns()}"
            made = mutation(self.phone.install, "visit.record", other["payload"], record_id=first["record_id"])
            self.keep({**made, "id": first["id"]}, VARIANT)


_MIX: list[tuple[Callable[[Clerk], None], int]] = [
    (Clerk.visit, 780), (Clerk.twins, 12), (Clerk.correction, 20), (Clerk.dispute, 25), (Clerk.dispute_event, 45),
    (Clerk.outing, 10), (Clerk.proposal, 15), (Clerk.invalid, 10), (Clerk.foreign, 8), (Clerk.same_id_other_content, 4),
]  # fmt: skip
_KINDS, _WEIGHTS = [kind for kind, _ in _MIX], [weight for _, weight in _MIX]
EVERY_KIND = tuple(_KINDS)
