"""SHELL: after a restore phones name what they sent in the last days, and hear what of it is missing."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from backend.accounts.authority import Authority
from backend.sync.models import Mutation, MutationVariant

# A row that a second delivery would heal or that waits for its verdict: the phone should send it again.
_WANTED_AGAIN = Q(outcome="received") | Q(outcome="quarantined", problem__code="payload_hash_mismatch")


def missing_of(offered: Sequence[tuple[UUID, str]], *, authority: Authority) -> list[UUID]:
    """Return the ids, in the order offered, of mutations that are not held with that hash from this officer's phone."""
    ids = [mutation_id for mutation_id, _ in offered]
    mine = Q(officer=authority.officer) if authority.device is None else Q(device=authority.device)
    its = Q(device__officer=authority.officer) if authority.device is None else Q(device=authority.device)
    stored = Mutation.objects.filter(mine, id__in=ids).exclude(_WANTED_AGAIN).values_list("id", "payload_sha256")
    others = MutationVariant.objects.filter(its, mutation_id__in=ids).values_list("mutation_id", "payload_sha256")
    held = {*stored, *others}
    return [mutation_id for mutation_id, sha256 in offered if (mutation_id, sha256) not in held]
