"""PURE: invented contacts of parties: from the party's id alone, so that the story's chance is not touched."""

from uuid import UUID

from backend.demo.words import GIVEN, SURNAMES


def party_contact(party_id: UUID) -> dict[str, str]:
    """Return an invented name and a number that no telephone has (it begins with seven zeros)."""
    number = party_id.int
    return {
        "name": f"示例·{SURNAMES[number % len(SURNAMES)]}{GIVEN[number // 16 % len(GIVEN)]}",
        "phone": f"0000000{number % 10_000:04d}",
    }


def party_masked(party_id: UUID) -> dict[str, str]:
    """Return what a phone would show of it. Of three parties one gave nothing."""
    if party_id.int % 3 == 0:
        return {}
    phone = party_contact(party_id)["phone"]
    return {"name_masked": "示***", "phone_masked": f"{phone[:3]}****{phone[-4:]}"}
