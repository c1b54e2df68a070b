"""PURE: docs/figures.md, written from the figures: `python -m backend.reports.figure_page > docs/figures.md`.

A test compares the file with this text, so that the page cannot say another rule than the one that counts.
"""

from backend.reports.figures import FIGURES, Figure

_HEAD = """# Figures 统计指标

Each figure is defined once, in `backend/reports/figures.py`, and counted by that definition everywhere: map, table,
CSV, Parquet, the records behind a number, and the nightly rows of `TownshipDay`. This page is written from it; change
the rule there and run `python -m backend.reports.figure_page > docs/figures.md`.

- A day is a day in the city's zone. Night 夜间 is 20:00–06:00; each instant belongs to its own calendar day, so the
  hours after midnight are the night of the day that has begun.
- "All" is counted anew and is not the sum of day and night: a door visited at noon and at nine is one door.
- A total counts a door or an officer's day once, and may therefore be less than the sum of the townships.
- A visit counts for the township in which its door lay when the visit was stored. Visits in quarantine are not
  counted; `missing` says how many there are.
- Figures that open to records are counted from the records at the moment of asking; kilometres and hours are sums of
  the nightly (and after each push refreshed) rows. `revision` rises by one whenever a day of the window changes.
- Metres of street, passed and unknown ones, speak of the edition of the streets in force alone, whatever the day: it
  is the one that came in last, and every track is matched to it. A window has one network under it.
- Dispute counts below 10 of a township that is not the asker's read "<10", zero included; a total that would give such
  a count away by subtraction is null.
"""


def figure_page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *(_section(figure) for figure in FIGURES.values())])


def _section(figure: Figure) -> str:
    opens = f" · opens to records ({figure.records})" if figure.counted else ""
    title = f"## {figure.name_zh} · {figure.name_en}"
    return f"{title}\n\n`{figure.code}` · unit: {figure.unit}{opens}\n\n{figure.rule_zh}\n\n{figure.rule_en}\n"


if __name__ == "__main__":
    print(figure_page(), end="")
