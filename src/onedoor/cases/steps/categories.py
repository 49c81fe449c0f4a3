"""类别: the catalogue that the centre keeps. A category is never deleted: cases are counted by it."""

from onedoor.cases.models import Category
from onedoor.cases.pinyin import initials
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, Refused, invalid

LONGEST_CODE = 40


def add_category(*, by: By, code: str, name: str, parent: str = "") -> Category:
    """A category below `parent` (a code), whose code begins with the parent's and a dot; without a parent a group of
    its own. It stands last among its like."""
    form = Form()
    code = form.word("code", code, "代码", LONGEST_CODE)
    name = form.text("name", name, "名称", 40)
    parent = parent.strip()
    begins = f"{parent}." if parent else ""
    if "code" not in form.faults and (not code.startswith(begins) or "." in code.removeprefix(begins)):
        form.fault("code", f"代码应为 {begins}xxx，后面不再有点。" if parent else "顶层的代码里不能有点。")
    form.check()
    with administering(by):
        above = _find(parent) if parent else None
        if above is not None and not above.active:
            raise invalid("parent", f"“{above}”已停用，请先启用它。")
        if Category.objects.filter(code=code).exists():
            raise invalid("code", f"类别代码 {code} 已在使用。")
        last = Category.objects.filter(parent=above).order_by("-position").first()
        made = Category(
            code=code, name=name, initials=initials(name), parent=above, position=last.position + 1 if last else 0
        )
        made.save(force_insert=True)
        by.log("category", code, "新增类别")
    return made


def rename_category(*, by: By, code: str, name: str) -> bool:
    """Whether the name was different. Cases of the past are shown under the new one."""
    form = Form()
    name = form.text("name", name, "名称", 40)
    form.check()
    with administering(by):
        there = _find(code)
        if there.name == name:
            return False
        by.log("category", code, f"改名：{there.name}改为{name}")
        there.name, there.initials = name, initials(name)
        there.save(update_fields=["name", "initials"])
    return True


def switch_category(*, by: By, code: str, active: bool) -> None:
    """Offered at registration or not; cases keep theirs. What is below goes first and comes back after."""
    with administering(by):
        there = _find(code)
        if there.active == active:
            return
        if not active and there.children.filter(active=True).exists():
            raise Refused(CONFLICT, f"“{there}”下面还有在用的类别，请先停用它们。")
        if active and there.parent is not None and not there.parent.active:
            raise Refused(CONFLICT, f"上级“{there.parent}”已停用，请先启用它。")
        if not active and not Category.objects.filter(active=True).exclude(pk=there.pk).exists():
            raise Refused(CONFLICT, "至少要有一个在用的类别，否则不能登记。")
        there.active = active
        there.save(update_fields=["active"])
        by.log("category", code, "启用类别" if active else "停用类别")


def _find(code: str) -> Category:
    found = Category.objects.select_related("parent").filter(code=code.replace("\0", "\ufffd")).first()
    if found is None:
        raise invalid("parent", f"没有类别“{code[:40]}”。")
    return found
