"""Metres are only ever taken in the metric CRS."""

import pytest

from geo.crs import crs_named, distance_m, metric_point

YICHUN = 4547  # CGCS2000 / 3-degree Gauss-Kruger CM 114E: false easting 500,000 m on 114° east


def test_a_point_on_the_central_meridian_has_the_false_easting() -> None:
    x_m, y_m = metric_point(114.0, 27.8, YICHUN)
    assert x_m == pytest.approx(500_000.0, abs=0.01)
    # 27.8° of a meridian arc at about 110.8 km a degree.
    assert y_m == pytest.approx(27.8 * 110_800, rel=0.002)


def test_a_thousandth_of_a_degree_of_latitude_is_about_a_hundred_and_eleven_metres() -> None:
    assert distance_m((114.3, 27.800), (114.3, 27.801), YICHUN) == pytest.approx(110.8, abs=0.3)


def test_a_crs_that_nobody_knows_is_refused_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="EPSG:999999"):
        crs_named("EPSG:999999")
