"""The tables by which an administrator sets up a centre: divisions, units, people with posts, categories.

Each row goes through the same steps as the pages' forms. What is there already is found by its code and changed
where the row says something else; an empty cell changes nothing, and nothing is ever switched off.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from onedoor.cases.models import Category
from onedoor.cases.steps.categories import add_category, rename_category
from onedoor.people.find import find_division, find_unit
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.people.steps.accounts import add_account, change_account
from onedoor.people.steps.administering import By
from onedoor.people.steps.divisions import add_division, rename_division
from onedoor.people.steps.posts import add_post
from onedoor.people.steps.units import KINDS, add_unit, change_unit
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.refusal import INVALID, Refused, invalid

MOST_ACCOUNTS = 150  # each costs a slow hash, a fifth of a second
Cells = Mapping[str, str]


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(slots=True)
class Task:
    """One import under way. `passwords`: first passwords of new accounts, to be shown once."""

    by: By
    rehearsal: bool
    passwords: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the steps' name of what stands under `heading`."""

    field: str
    heading: str
    note: str
    example: str
    required: bool = False
    width: int = 16
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    code: str
    title: str
    columns: tuple[Column, ...]
    take_over: Callable[[Task, Cells], Outcome]
    note: str = ""
    most: int = 2000  # rows, a few milliseconds each, while somebody waits

    def heading(self, name: str) -> str:
        return next((column.heading for column in self.columns if column.field == name), "")


def _division(task: Task, row: Cells) -> Outcome:
    there = Division.objects.select_related("parent").filter(code=row["code"]).first()
    if there is None:
        if not row["parent"]:
            raise invalid("parent", "请填写上级区划。")
        add_division(by=task.by, code=row["code"], name=row["name"], parent=row["parent"])
        return Outcome.NEW
    if row["parent"] and find_division(row["parent"], field="parent") != there.parent:
        raise invalid("parent", f"“{there}”已有上级“{there.parent or '（顶层）'}”，不能改。")
    return _said(rename_division(by=task.by, division=there.pk, name=row["name"]))


def _unit(task: Task, row: Cells) -> Outcome:
    there = Unit.objects.select_related("division").filter(code=row["code"]).first()
    if there is None:
        add_unit(by=task.by, **row)
        return Outcome.NEW
    kept = {
        "short_name": there.short_name,
        "kind": there.kind,
        "division": there.division.code,
        "phone": there.phone,
    }
    typed = {name: row[name] or kept.get(name, "") for name in row if name != "code"}
    return _said(change_unit(by=task.by, unit=there.pk, **typed))


def _person(task: Task, row: Cells) -> Outcome:
    confidential = _yes(row, "confidential")
    must_use_totp = _yes(row, "must_use_totp")
    there = Account.objects.filter(username=row["username"]).first()
    outcome = Outcome.SAME
    if there is None:
        if len(task.passwords) >= MOST_ACCOUNTS:
            raise Refused(INVALID, f"一次最多新增 {MOST_ACCOUNTS} 个账号，请分成几个文件。")
        there, password = add_account(
            by=task.by,
            username=row["username"],
            name=row["name"],
            password=row["password"],
            must_use_totp=bool(must_use_totp),
            rehearsal=task.rehearsal,
        )
        task.passwords.append((there.username, there.name, password))
        outcome = Outcome.NEW
    elif change_account(
        by=task.by,
        account=there.pk,
        name=row["name"],
        must_use_totp=there.must_use_totp if must_use_totp is None else must_use_totp,
        is_operator=there.is_operator,
    ):
        outcome = Outcome.CHANGED
    if not (row["role"] or row["unit"]):
        return outcome
    if confidential is None:
        confidential = _is_confidential(there, row)
    _, new = add_post(
        by=task.by,
        account=there.pk,
        role=row["role"],
        unit=row["unit"],
        division=row["division"],
        confidential=confidential,
    )
    return Outcome.CHANGED if new and outcome == Outcome.SAME else outcome


def _is_confidential(account: Account, row: Cells) -> bool:
    """As the post is that the row names; no for one that is not there yet."""
    unit = find_unit(row["unit"])
    division = find_division(row["division"]) if row["division"] else unit.division
    roles = [code for code, name in ROLE_NAMES.items() if row["role"] in (code, name)]
    held = Post.objects.filter(account=account, unit=unit, division=division, role__in=roles, confidential=True)
    return held.exists()


def _category(task: Task, row: Cells) -> Outcome:
    if not Category.objects.filter(code=row["code"]).exists():
        parent, _, _ = row["code"].rpartition(".")
        add_category(by=task.by, code=row["code"], name=row["name"], parent=parent)
        return Outcome.NEW
    return _said(rename_category(by=task.by, code=row["code"], name=row["name"]))


def _said(different: bool) -> Outcome:
    return Outcome.CHANGED if different else Outcome.SAME


def _yes(row: Cells, name: str) -> bool | None:
    if row[name] not in ("", "是", "否"):
        raise invalid(name, "请填写“是”或“否”，或者留空。")
    return None if not row[name] else row[name] == "是"


_YES_NO = ("是", "否")
_PLACE = "名称或代码；有重名的填代码"
TABLES = {
    table.code: table
    for table in (
        Table(
            "divisions",
            "区划",
            (
                Column(
                    "code", "代码", "全国统一的区划代码；网格等自定，用小写字母和数字", "320830100900", required=True
                ),
                Column("name", "名称", "60 个字以内", "某某开发区", required=True, width=24),
                Column("parent", "上级", f"上级区划的{_PLACE}；新的必填", "320830100", width=24),
            ),
            _division,
            "上级要排在下级前面。县和下面的乡镇、村已在首次设置时导入，这里只补充。",
        ),
        Table(
            "units",
            "单位",
            (
                Column("code", "代码", "小写字母、数字和短横线，定下后不能改", "rsj", required=True),
                Column("name", "全称", "80 个字以内", "某某县人力资源和社会保障局", required=True, width=36),
                Column("short_name", "简称", "20 个字以内；不填则取全称开头", "人社局"),
                Column("kind", "类别", "从下拉框中选；新的必填", "部门", offered=tuple(KINDS.values())),
                Column("division", "所属区划", f"{_PLACE}；新的必填", "320830", width=24),
                Column("phone", "公开电话", "可不填", "0900-1234567"),
            ),
            _unit,
            "一个区划只能有一个综治中心。",
        ),
        Table(
            "people",
            "人员和岗位",
            (
                Column("username", "用户名", "小写字母和数字，登录时用，定下后不能改", "zhangsan", required=True),
                Column("name", "姓名", "60 个字以内", "张三", required=True),
                Column(
                    "role", "岗位", "从下拉框中选；只建账号的可不填", "单位经办人", offered=tuple(ROLE_NAMES.values())
                ),
                Column("unit", "单位", f"{_PLACE}；填了岗位的必填", "人社局", width=24),
                Column("division", "区划", f"看哪个区划的事项，{_PLACE}；不填则与单位相同", "", width=24),
                Column("confidential", "涉密岗", "是或否；不填为否", "否", offered=_YES_NO, width=10),
                Column("must_use_totp", "两步验证", "是否必须；不填为否", "否", offered=_YES_NO, width=10),
                Column("password", "初始密码", "只用于新账号；不填则自动生成，导入后显示一次", "", width=18),
            ),
            _person,
            "一人有几个岗位就写几行，用户名和姓名相同。",
        ),
        Table(
            "categories",
            "类别",
            (
                Column(
                    "code",
                    "代码",
                    "上级的代码加一个点，再加小写字母；上级要先有",
                    "dispute.loan",
                    required=True,
                    width=30,
                ),
                Column("name", "名称", "40 个字以内", "民间借贷", required=True, width=24),
            ),
            _category,
            "上级要排在下级前面。停用在页面上办。",
        ),
    )
}
