"""Divisions: a node added, renamed or removed. The tree as a whole comes from an import."""

from django.db.models import ProtectedError

from onedoor.people import divisions as tree
from onedoor.people.find import find_division
from onedoor.people.models import Division
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, Refused, invalid


def add_division(*, by: By, code: str, name: str, parent: str) -> Division:
    """A node below `parent`, given by code or name. The code of the national list begins with that of the node
    above, but a grid or a development zone may have one of its own."""
    form = Form()
    code = form.word("code", code, "代码", 20)
    name = form.text("name", name, "名称", 60)
    form.check()
    with administering(by):
        above = find_division(parent, field="parent")
        if above.code == code:
            raise invalid("parent", "上级不能是自己。")
        made = tree.add_division(code, name, above)
        by.log("division", code, f"新增区划，上级 {above.code}")
    return made


def rename_division(*, by: By, division: int, name: str) -> bool:
    """Whether the name was different. An import of the national list brings back the name of the list."""
    form = Form()
    name = form.text("name", name, "名称", 60)
    form.check()
    with administering(by):
        there = Division.objects.get(pk=division)
        if there.name == name:
            return False
        by.log("division", there.code, f"改名：{there.name}改为{name}")
        there.name = name
        there.save(update_fields=["name"])
    return True


def remove_division(*, by: By, division: int) -> None:
    """Only one that nothing refers to: no division below, no unit, post or case."""
    with administering(by):
        there = Division.objects.get(pk=division)
        try:
            there.delete()
        except ProtectedError as error:
            raise Refused(CONFLICT, f"“{there}”下面还有区划，或已有单位、岗位、事项在用，不能删除。") from error
        by.log("division", there.code, f"删除区划：{there.name}")
