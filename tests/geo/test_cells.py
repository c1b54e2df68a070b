"""Cells: every point lies in exactly one square, and the square's id gives the square back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import CELL_M, cell_bounds, cell_of_points

METRES = st.integers(-4_000_000_000, 4_000_000_000).map(lambda millimetres: millimetres / 1000)


@given(x=METRES, y=METRES)
def test_a_point_lies_in_the_square_of_its_cell(x: float, y: float) -> None:
    west, south, east, north = cell_bounds(cell_of_points([x], [y]))[0]
    assert west <= x < east
    assert south <= y < north


@given(column=st.integers(-8_000, 8_000), row=st.integers(-8_000, 20_000))
def test_the_id_is_the_formula_that_others_rely_on(column: int, row: int) -> None:
    cell = cell_of_points([column * CELL_M], [row * CELL_M])[0]
    assert cell == row * 2**24 + column + 2**23


def test_neighbours_across_the_origin_are_different_cells() -> None:
    cells = cell_of_points([-1.0, 1.0, -1.0, 1.0], [-1.0, -1.0, 1.0, 1.0])
    assert len(np.unique(cells)) == 4
