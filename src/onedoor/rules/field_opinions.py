"""社情民意 from the field: a topic and words. No person, no author, no unit that it is sent to.

Supervisor and director of the centre read it, as with the opinion box (`rules/opinions.py`), and count it by topic.
Who has heard it has no list of it: such a list would name the author.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.rules import fieldwork
from onedoor.rules.fieldwork import Path, Reading
from onedoor.rules.nameless import check_nameless
from onedoor.rules.opinions import READS as READS

TOPICS: dict[str, str] = {
    "policy": "政策落实",
    "livelihood": "民生服务",
    "roads": "道路交通",
    "water": "水电气暖",
    "environment": "环境卫生",
    "safety": "公共安全",
    "order": "办事作风",
    "other": "其他",
}
MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Heard:
    topic: str
    text: str


def check_heard(raw: Mapping[str, object]) -> Heard:
    """Reads `topic` and `text`; refuses with every faulty field."""
    read = Reading()
    topic = read(lambda: fieldwork.read_choice(raw, "topic", "关于什么", TOPICS), "")
    text = read(lambda: check_nameless(raw.get("text"), most=MOST_TEXT, field="text", label="群众怎么说"), "")
    read.check()
    return Heard(topic, text)


def kept_at(path: Path) -> int:
    """The division it is kept at: the one above the grid, where the grid has one above it."""
    return path[-2] if len(path) > 1 else path[-1]
