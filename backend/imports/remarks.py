"""PURE: the remarks of an import, read from its report: how many of which, and the rows of one of them by pages."""

import csv
from collections import Counter
from typing import IO, Any

PAGE = 50


def remarks_read(file: IO[str], *, problem: str = "", after: int = 0) -> dict[str, Any]:
    """Return `summary` (each remark with its outcome and how many), `results` (a page) and `next`.

    `problem` leaves only its own rows in the page; `after` is how many of them were seen already, and `next` what to
    say for the page after this one, None at the end.
    """
    counts: Counter[tuple[str, str]] = Counter()
    page: list[dict[str, Any]] = []
    fitting = 0
    for row in csv.DictReader(file):
        counts[row["outcome"], row["problem"]] += 1
        if problem and row["problem"] != problem:
            continue
        fitting += 1
        if after < fitting <= after + PAGE:
            page.append({**row, "row": int(row["row"])})
    summary = [
        {"problem": name, "outcome": outcome, "rows": rows}
        for (outcome, name), rows in sorted(counts.items(), key=lambda entry: (entry[0][0] != "refused", -entry[1]))
    ]
    return {"summary": summary, "results": page, "next": after + PAGE if fitting > after + PAGE else None}
