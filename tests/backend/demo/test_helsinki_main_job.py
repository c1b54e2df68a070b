"""The main job on a wholly real place: import, visit, aggregate, map."""

from datetime import UTC, datetime
from typing import Any

from backend.accounts.models import Officer
from backend.reports.services import aggregate_days
from geo.models import Premises
from tests.backend.demo.conftest import PLAN
from tests.builders import visit

NOON = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # 12:00 in Helsinki


def own_township(client: Any) -> dict[str, Any]:
    """Return what the map says of the asker's own township."""
    answer = client.get(f"/api/v1/coverage/townships?window=7d&as_of={PLAN.today}&geometry=none")
    assert answer.status_code == 200, answer.content
    (own,) = [one["properties"] for one in answer.json()["features"] if one["properties"]["own"]]
    return dict(own)


def test_a_visit_to_a_real_address_raises_the_townships_number_by_one(told: None, client_of: Any, push: Any) -> None:
    officer, lead = Officer.objects.get(username="officer"), Officer.objects.get(username="lead")
    before = own_township(client_of(lead))
    assert before["street_m"] > 1000
    assert before["street_m_covered"] > 0
    door = Premises.objects.filter(unit=officer.unit, last_visited_at=None, kind="enterprise").order_by("id")[0]
    (outcome,) = push(officer, visit(door.id, at=NOON), sent_at=datetime.now(UTC))
    assert outcome["outcome"] == "applied", outcome
    aggregate_days(first=PLAN.today, last=PLAN.today)
    after = own_township(client_of(lead))
    assert after["enterprises_visited"] == before["enterprises_visited"] + 1
    assert after["visits"] == before["visits"] + 1
    assert after["households_visited"] == before["households_visited"]
    assert after["last_visit_on"] == PLAN.today.isoformat()
    assert after["street_m_covered"] == before["street_m_covered"]
