"""SHELL: seals invented contacts for the parties of the station that the story's accounts look at.

Not through a push: a seal is different every time, and the same plan has to tell the same story.
"""

import json

from django.db import transaction

from backend.common.own_seal import seal
from backend.demo.party_words import party_contact
from visits.models import Party


@transaction.atomic
def contacts_seal(unit_code: str) -> int:
    """Give each party whose number is known a contact that opens to what its mask shows; return how many."""
    parties = list(Party.objects.filter(dispute__unit__code=unit_code).exclude(phone_masked=""))
    for party in parties:
        content = json.dumps(party_contact(party.id), ensure_ascii=False).encode()
        party.sealed = seal(content, info=b"xunfang/party/1", aad=str(party.id).encode())
    Party.objects.bulk_update(parties, ["sealed"])
    return len(parties)
