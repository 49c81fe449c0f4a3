"""Who may see a case, who may move it, and what of it is shown.

The gate as a rule: `audiences_of_case` says to whom a case is visible, `audiences_of_viewer` says as whom a
person looks; who shares an audience sees the case. The writer keeps the first in the table `visible`, every
query starts from the second, and `verify` recomputes both.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum

from onedoor.rules.refusal import NOT_ALLOWED, Refused


class Role(StrEnum):
    """The posts of DESIGN §1. A resident has no account here."""

    CLERK = "clerk"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    UNIT_LEAD = "unit_lead"
    MEDIATOR = "mediator"
    GRID_WORKER = "grid_worker"
    GRID_LEAD = "grid_lead"
    VOLUNTEER = "volunteer"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_NAMES: dict[str, str] = {
    Role.CLERK: "窗口受理员",
    Role.DISPATCHER: "分流专员",
    Role.HANDLER: "单位经办人",
    Role.UNIT_LEAD: "单位负责人",
    Role.MEDIATOR: "调解员",
    Role.GRID_WORKER: "网格员",
    Role.GRID_LEAD: "网格长",
    Role.VOLUNTEER: "群防群治队员",
    Role.SUPERVISOR: "督办员",
    Role.DIRECTOR: "中心主任",
    Role.AUDITOR: "安全审计员",
    Role.ADMIN: "系统管理员",
}


# Who holds the code of his own matter acts in it himself, from no post and with no account.
RESIDENT = "resident"
ACTOR_NAMES = {**ROLE_NAMES, RESIDENT: "申请人"}


class Confidentiality(StrEnum):
    ORDINARY = "ordinary"  # 一般
    RESTRICTED = "restricted"  # 限制知悉
    ACCUSATION = "accusation"  # 检举控告


CONFIDENTIALITY_NAMES: dict[str, str] = {
    Confidentiality.ORDINARY: "一般",
    Confidentiality.RESTRICTED: "限制知悉",
    Confidentiality.ACCUSATION: "检举控告",
}

# Looks at every ordinary case of a division and all below it.
SEES_DIVISION = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.GRID_LEAD})
# Looks at the ordinary cases in which its unit has a part.
SEES_UNIT = frozenset({Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR})
# Knows the parties by name. The auditor checks who did what and needs no names for it; the administrator
# keeps units and accounts and sees no case but those he registered himself.
SEES_NAMES = SEES_UNIT | {
    Role.CLERK,
    Role.DISPATCHER,
    Role.SUPERVISOR,
    Role.DIRECTOR,
    Role.GRID_LEAD,
    Role.GRID_WORKER,
}
# May ask for unmasked personal data, with a reason that is logged.
UNMASKS = SEES_UNIT | {Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR}
# Works at the centre, which knows who an anonymous applicant is if it was told.
OF_CENTRE = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR})
# Reads what applicants say of those who handled their matter. The unit concerned does not; it sees figures of five
# ratings or more.
READS_RATINGS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
REGISTERS = frozenset(
    {
        *(RESIDENT, Role.CLERK, Role.DISPATCHER, Role.MEDIATOR, Role.SUPERVISOR),
        *(Role.GRID_WORKER, Role.GRID_LEAD, Role.VOLUNTEER),
    }
)


IN_THE_FIELD = frozenset({Role.GRID_WORKER, Role.GRID_LEAD, Role.VOLUNTEER})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting from one post.

    `division_path` holds the ids of the post's division and all above it, root first.
    """

    account: int
    username: str
    role: str
    post: int
    unit: int
    division: int
    division_path: tuple[int, ...]


def applicant(root: int) -> Actor:
    """The applicant himself, at the door of the whole tree; account and post 0 stand for none."""
    return Actor(0, "", RESIDENT, 0, 0, root, (root,))


# An audience is one integer, so that the gate is one index: four times the id, plus its kind.
_UNIT, _DIVISION, _PERSON = 1, 2, 3


def unit_audience(unit: int) -> int:
    return unit * 4 + _UNIT


def division_audience(division: int) -> int:
    return division * 4 + _DIVISION


def person_audience(account: int) -> int:
    return account * 4 + _PERSON


@dataclass(frozen=True, slots=True)
class Viewer:
    """As whom a person looks: the audiences of all posts, and whether a post covers the whole tree.

    `whole_tree` lets every ordinary case be read from the case table itself; restricted ones still come
    through the person's own audience alone.
    """

    account: int
    audiences: tuple[int, ...]
    person: int
    whole_tree: bool
    sees_names: bool
    unmasks: bool
    of_centre: bool
    reads_ratings: bool
    units: tuple[int, ...]


def viewer_of(account: int, posts: Iterable[Actor], root: int) -> Viewer:
    """The viewer that an account's posts make; `root` is the id of the division at the top of the tree."""
    posts = tuple(posts)
    person = person_audience(account)
    audiences = {person}
    for post in posts:
        if post.role in SEES_DIVISION:
            audiences.add(division_audience(post.division))
        if post.role in SEES_UNIT:
            audiences.add(unit_audience(post.unit))
    return Viewer(
        account=account,
        audiences=tuple(sorted(audiences)),
        person=person,
        whole_tree=any(post.role in SEES_DIVISION and post.division == root for post in posts),
        sees_names=any(post.role in SEES_NAMES for post in posts),
        unmasks=any(post.role in UNMASKS for post in posts),
        of_centre=any(post.role in OF_CENTRE for post in posts),
        reads_ratings=any(post.role in READS_RATINGS for post in posts),
        units=tuple(sorted({post.unit for post in posts if post.role in SEES_UNIT})),
    )


def audiences_of_case(
    *,
    confidentiality: str,
    creator: int | None,
    named: Iterable[int],
    unit_parts: Iterable[int],
    division_paths: Iterable[tuple[int, ...]],
    mediators: Iterable[int] = (),
) -> frozenset[int]:
    """To whom a case is visible.

    An ordinary case: the units with a part in it, every division on the paths of where it happened, who
    received it and who has it (the root left out, since who covers the whole tree reads the case table), the
    person who registered it, and who mediates it, of whatever unit he is. A restricted case or an accusation: the
    persons named on it, nobody else.
    """
    if confidentiality != Confidentiality.ORDINARY:
        return frozenset(person_audience(account) for account in named)
    audiences = {unit_audience(unit) for unit in unit_parts}
    for path in division_paths:
        audiences.update(division_audience(division) for division in path[1:])
    audiences.update(person_audience(account) for account in mediators)
    if creator is not None:
        audiences.add(person_audience(creator))
    return frozenset(audiences)


def acting(actors: Iterable[Actor], roles: Container[str]) -> Actor | None:
    """The first of somebody's posts that may do what these roles do."""
    return next((actor for actor in actors if actor.role in roles), None)


def must_act(actors: Iterable[Actor], roles: Container[str], what: str) -> Actor:
    """The same; refuses with a sentence about `what`, a verb, where there is none."""
    found = acting(actors, roles)
    if found is None:
        raise Refused(NOT_ALLOWED, f"您的岗位不能{what}。")
    return found


def check_named_person(*, units: Iterable[int], accused_units: Iterable[int], name: str) -> None:
    """An accusation never reaches the accused: nobody of an accused unit can be named on the case.

    信访工作条例 §30: 不得将检举、控告材料及有关情况透露或者转给被检举、控告的人员或者单位。
    """
    if set(units) & set(accused_units):
        sentence = f"{name}属于被检举控告的单位，不能列为知悉人，请另选人员。"
        raise Refused(NOT_ALLOWED, sentence, {"persons": sentence})
