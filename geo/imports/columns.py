"""PURE: takes the wanted columns out of a layer and judges keys: missing, repeated, too long."""

from collections.abc import Iterable, Mapping

import pandas
from geopandas import GeoDataFrame

from backend.common.problems import problem
from geo.imports.encodings import misread
from geo.imports.report import RowCode, RowProblem


def require_columns(frame: pandas.DataFrame, fields: Mapping[str, str]) -> None:
    """Raise `import_refused` naming each property of `fields` (what we need → its name in the file) that no row has."""
    missing = sorted({f"{name} (for {ours})" for ours, name in fields.items() if name and name not in frame.columns})
    if missing:
        known = ", ".join(sorted(str(name) for name in frame.columns if name not in {"row", "geometry"}))
        raise problem("import_refused", why=f"no row has the property {', '.join(missing)}; the file has: {known}")


def text_column(frame: pandas.DataFrame, name: str) -> pandas.Series:
    """Return a property as stripped text, empty where it is absent or null; a whole number keeps no decimal point."""
    if not name or name not in frame.columns:
        return pandas.Series("", index=frame.index, dtype=object)
    return frame[name].map(_text)


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and pandas.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a column with a null in it: pandas made 360902001 a 360902001.0
    return str(value).replace("\x00", "").strip()  # PostgreSQL cannot hold it


def judged_text(frame: GeoDataFrame, names: Iterable[str]) -> tuple[GeoDataFrame, list[RowProblem]]:
    """Return the rows whose text reads as text, and a refusal of each that was read in a wrong encoding."""
    wrong = pandas.Series(False, index=frame.index)
    for name in names:
        wrong |= frame[name].map(misread).astype(bool)
    detail = "the text looks as if it was read in another encoding than it was written in"
    return frame[~wrong], refuse(frame, wrong, "encoding_wrong", detail)


def refuse(
    frame: pandas.DataFrame, bad: pandas.Series, problem_code: RowCode, detail: str = "", *, note: bool = False
) -> list[RowProblem]:
    """Return one refusal (or note) for each row of `frame` where `bad` holds. `frame` has `row` and `code`."""
    chosen = frame[bad]
    return [
        RowProblem(int(row), str(code), problem_code, detail, refused=not note)
        for row, code in zip(chosen["row"], chosen["code"], strict=True)
    ]


def judged_keys(
    frame: GeoDataFrame, max_length: int, seen: set[str] | None = None
) -> tuple[GeoDataFrame, list[RowProblem]]:
    """Return the rows whose `code` can be a key, and refusals: no code, one too long, one that an earlier row has.

    `seen` holds the codes of earlier chunks of the file and takes in those of this one.
    """
    missing = frame["code"].eq("")
    long = frame["code"].str.len().gt(max_length)
    earlier = frame["code"].isin(seen) if seen else pandas.Series(False, index=frame.index)
    repeated = (frame["code"].duplicated() | earlier) & ~missing
    if seen is not None:
        seen.update(frame["code"])
    problems = [
        *refuse(frame, missing, "code_missing"),
        *refuse(frame, long, "too_long", f"a code has at most {max_length} characters"),
        *refuse(frame, repeated, "code_duplicate", "an earlier row has this code"),
    ]
    return frame[~(missing | long | repeated)], problems
