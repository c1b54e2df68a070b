"""SHELL: brings officers in from a table. Accounts start locked: no password comes from a file or leaves in one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

import pandas
from django.contrib.auth.hashers import make_password
from django.db import transaction
from geopandas import GeoDataFrame

from backend.accounts.models import Officer, Role, Unit
from backend.common.problems import problem
from geo.imports.columns import judged_keys, judged_text, refuse, require_columns, text_column
from geo.imports.report import ImportReport, RowProblem

_USERNAME = re.compile(r"[\w.@+-]+")
# What the screens call the roles may stand in the file as well.
_ROLES = {**{role.value: role.value for role in Role}, **{role.label: role.value for role in Role}, "辅警": "officer"}
_PASSWORDS = ("password", "passwd", "pwd", "密码", "口令")


@dataclass(frozen=True)
class OfficerFields:
    """The names of the columns; several roles in one cell are parted by a comma, a semicolon or a blank."""

    username: str = "username"
    name: str = "name"
    badge: str = "badge_number"
    unit: str = "unit_code"
    roles: str = "roles"


@transaction.atomic
def officers_import(*, tables: Iterable[pandas.DataFrame], fields: OfficerFields = OfficerFields()) -> ImportReport:
    """Create or update officers by username; the same table twice changes nothing.

    A new account has no password, so that nobody can sign in with it: the administrator sets the first one in person
    (Django's admin). Known accounts keep password and state. An account is never made an administrator of the server,
    never deactivated, and nobody's role of administrator is given or taken by a file.
    """
    report, seen = ImportReport(0, 0, 0, 0), set[str]()
    for table in tables:
        report = report.plus(_chunk(table, fields, seen))
    if not report.read:
        raise problem("import_refused", why="the table holds no rows")
    return report


def _chunk(table: pandas.DataFrame, fields: OfficerFields, seen: set[str]) -> ImportReport:
    passwords = [name for name in table.columns if str(name).strip().lower() in _PASSWORDS]
    if passwords:
        raise problem("import_refused", why=f"column {passwords[0]}: take passwords out of the file, none is read")
    require_columns(table, {"username": fields.username, "name": fields.name, "unit": fields.unit})
    columns = {
        ours: text_column(table, getattr(fields, ours)) for ours in ("username", "name", "badge", "unit", "roles")
    }
    # A table without shapes: what judges the rows of layers judges these.
    frame = GeoDataFrame({**columns, "row": table["row"], "code": columns["username"]})
    frame, problems = judged_keys(frame, 64, seen)
    frame, misread = judged_text(frame, ("name",))
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=set(frame["unit"]))}
    good, judged = _judged(frame, units)
    created, changed = _write(good, units)
    said = (*problems, *misread, *judged)
    return ImportReport(len(table), created, changed, len(good) - created - changed, said)


def _judged(frame: pandas.DataFrame, units: dict[str, Unit]) -> tuple[pandas.DataFrame, list[RowProblem]]:
    frame = frame.assign(roles=frame["roles"].map(_roles_of))
    kept_back = set(Officer.objects.filter(roles__contains=[Role.ADMINISTRATOR]).values_list("username", flat=True))
    bad = {
        "username_invalid": ~frame["username"].map(lambda text: _USERNAME.fullmatch(text) is not None).astype(bool),
        "name_missing": frame["name"].eq(""),
        "too_long": frame["name"].str.len().gt(80) | frame["badge"].str.len().gt(24),
        "unit_unknown": ~frame["unit"].isin(units),
        "role_unknown": frame["roles"].isna(),
        "role_not_from_file": frame["roles"].map(lambda roles: Role.ADMINISTRATOR in (roles or []))
        | frame["username"].isin(kept_back),
    }
    problems = [
        *refuse(frame, bad["username_invalid"], "username_invalid", "letters, digits and . @ + - _"),
        *refuse(frame, bad["name_missing"], "name_missing"),
        *refuse(frame, bad["too_long"], "too_long", "name 80, badge 24 characters"),
        *refuse(frame, bad["unit_unknown"], "unit_unknown", "no unit has this code"),
        *refuse(frame, bad["role_unknown"], "role_unknown", "officer, lead or analyst"),
        *refuse(frame, bad["role_not_from_file"], "role_not_from_file", "administrators are made by an administrator"),
    ]
    wrong = pandas.concat(bad, axis=1).any(axis=1) if len(frame) else pandas.Series(False, index=frame.index)
    return frame[~wrong.astype(bool)], problems


def _roles_of(text: str) -> list[str] | None:
    """Return the roles in a cell, officer for an empty one, None where one is unknown."""
    words = [word for word in re.split(r"[,;、，；\s]+", text) if word] or [Role.OFFICER.value]
    known = [_ROLES.get(word.lower(), "") for word in words]
    return None if "" in known else sorted(set(known))


def _write(frame: pandas.DataFrame, units: dict[str, Unit]) -> tuple[int, int]:
    """Write the rows; return how many were created and how many changed."""
    known = Officer.objects.select_for_update().order_by("id").filter(username__in=list(frame["username"]))
    there = {officer.username: officer for officer in known}
    # One hash that no password has: half a second for each of thousands of accounts would be an hour.
    locked = make_password(None)
    new, changed = [], []
    for row in frame.itertuples():
        wanted = {"name": row.name, "badge_number": row.badge, "unit_id": units[str(row.unit)].id, "roles": row.roles}
        officer = there.get(str(row.username))
        if officer is None:
            new.append(Officer(id=uuid4(), username=str(row.username), password=locked, **wanted))
        elif any(getattr(officer, column) != value for column, value in wanted.items()):
            for column, value in wanted.items():
                setattr(officer, column, value)
            changed.append(officer)
    Officer.objects.bulk_create(new)
    Officer.objects.bulk_update(changed, ["name", "badge_number", "unit_id", "roles"]) if changed else None
    return len(new), len(changed)
