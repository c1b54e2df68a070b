"""PURE: the form that the story's campaign asks at doors, and what people answer."""

from typing import Any
from uuid import UUID

import numpy

_MET = {"outcomes": ["met"]}


def _words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


DOOR_FORM: dict[str, Any] = {
    "form": "winter-safety",
    "version": 1,
    "title": _words("（演示）冬季安全走访", "(Demo) Winter safety visit"),
    "questions": [
        {"id": "extinguisher", "kind": "yes_no", "title": _words("有能用的灭火器", "A working extinguisher"), **_MET},
        {"id": "exit_clear", "kind": "yes_no", "title": _words("楼道或出口畅通", "Stairs or exit are clear"), **_MET},
        {
            "id": "ebike",
            "kind": "choice",
            "title": _words("电动车在哪里充电", "Where an e-bike is charged"),
            "choices": [
                {"value": "none", "title": _words("没有电动车", "No e-bike")},
                {"value": "outside", "title": _words("室外充电点", "Outside")},
                {"value": "indoors", "title": _words("室内或楼道", "Indoors or on the stairs")},
            ],
            **_MET,
        },
        {"id": "alarms", "kind": "count", "title": _words("烟雾报警器个数", "Number of smoke alarms"), **_MET},
        {"id": "wish", "kind": "text", "title": _words("希望社区做的事", "What the community should do")},
    ],
}


def door_answers(door_id: UUID) -> dict[str, Any]:
    """Return what the people of a door answer: the same at every visit, and without a draw from the story's chance."""
    rng = numpy.random.default_rng(door_id.int)
    answers: dict[str, Any] = {
        "extinguisher": bool(rng.random() < 0.6),
        "exit_clear": bool(rng.random() < 0.85),
        "ebike": str(rng.choice(["none", "outside", "indoors"], p=[0.35, 0.5, 0.15])),
        "alarms": int(rng.integers(0, 4)),
    }
    return answers | ({"wish": "（演示）楼道照明"} if rng.random() < 0.08 else {})
