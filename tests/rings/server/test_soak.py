"""A small soak in `make test`; the large one is `make soak`."""

from tests.rings.server.conftest import Place
from tests.rings.server.soak import Plan, shown, soaked


def test_a_small_soak_loses_doubles_alters_and_holds_nothing(place: Place) -> None:
    plan = Plan(records=1500, phones=6, seed="small", chaos_every_s=(1.0, 3.0))
    report = soaked(place.server, plan, place.failpoints)
    print(shown(report))
    assert report["records"] >= 1500
    assert report["faults"] >= 375
    assert [report[name] for name in ("lost", "duplicated", "altered", "stuck")] == [0, 0, 0, 0], report["findings"]
