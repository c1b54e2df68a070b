"""SHELL: the first password of an account: its owner sets it with a one-time code, and nobody else ever knows it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from backend.accounts.enrolment import ALPHABET, FAILURES, FAILURES_WITHIN
from backend.accounts.models import EnrolmentFailure, Officer, Role, StartCode
from backend.common.problems import Problem, problem

# Handed over at the next roll call; ten letters are 50 bit, guessed five times in ten minutes at most.
CODE_LIVES = timedelta(days=7)
_LETTERS = 10


@dataclass(frozen=True)
class MadeCode:
    """A code as it is shown, once, and whose it is."""

    officer: Officer
    code: str


def locked_officers() -> QuerySet[Officer]:
    """Return the accounts in use that have no password yet, so that nobody can sign in with them.

    Not those of administrators: theirs are made by hand.
    """
    without = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(password="")
    locked = Officer.objects.filter(without, is_active=True).exclude(roles__contains=[Role.ADMINISTRATOR])
    return locked.select_related("unit", "start_code").order_by("unit__path", "username")


@transaction.atomic
def start_codes_make(*, officer_ids: Iterable[UUID] | None, by: Officer | None, now: datetime) -> list[MadeCode]:
    """Make a code for each of these accounts (None: all) that has no password; a code of before ends."""
    chosen = locked_officers() if officer_ids is None else locked_officers().filter(id__in=list(officer_ids))
    made = [MadeCode(officer, _new_code()) for officer in chosen]
    rows = [
        StartCode(
            officer=one.officer, code_hash=_code_hash(one.code), made_by=by, made_at=now, expires_at=now + CODE_LIVES
        )
        for one in made
    ]
    StartCode.objects.filter(officer__in=[one.officer for one in made]).delete()
    StartCode.objects.bulk_create(rows)
    return made


def first_password_set(*, username: str, code: str, password: str, now: datetime) -> None:
    """Set the first password of an account and use up its code.

    Raises `start_code_invalid`, the same for an account that is not there, and `password_weak`, which keeps the code.
    """
    with transaction.atomic():
        # One try of an account at a time: else many guesses at once would each see fewer than five failures.
        officer = Officer.objects.select_for_update(no_key=True).filter(username=username, is_active=True).first()
        if officer is None:
            raise problem("start_code_invalid")
        refused = _set(officer, code, password, now)
    if refused is not None:
        raise refused  # outside: the failure has to stay written down


def _set(officer: Officer, code: str, password: str, now: datetime) -> Problem | None:
    if _tried_too_often(officer, now) or not _holds(officer, code, now):
        EnrolmentFailure.objects.create(officer=officer, failed_at=now)
        return problem("start_code_invalid")
    try:
        validate_password(password, officer)
    except ValidationError as weak:
        return problem("password_weak", why=" ".join(weak.messages))
    officer.set_password(password)
    officer.save(update_fields=["password"])
    StartCode.objects.filter(officer=officer).delete()
    return None


def _tried_too_often(officer: Officer, now: datetime) -> bool:
    since = now - FAILURES_WITHIN
    return EnrolmentFailure.objects.filter(officer=officer, failed_at__gt=since).count() >= FAILURES


def _holds(officer: Officer, code: str, now: datetime) -> bool:
    known = StartCode.objects.filter(officer=officer, expires_at__gt=now).first()
    if known is None or officer.has_usable_password():
        return False
    return constant_time_compare(known.code_hash, _code_hash(code))


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LETTERS))
    return f"{letters[:5]}-{letters[5:]}"


def _code_hash(code: str) -> str:
    """Return a keyed hash: a copy of the database alone does not give the codes away."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return salted_hmac("backend.accounts.start_codes", plain, algorithm="sha256").hexdigest()
