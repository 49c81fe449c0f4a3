"""限时方案: a deployer writes a later version of a scheme, a scheme of his own, or another table of rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from onedoor.cases.models import SchemeRules, SchemeVersion
from onedoor.cases.schemes import book
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.scheme_book import BOOK, Unreadable, read_rule, read_scheme
from onedoor.rules.schemes import Scheme


def write_scheme(*, by: By, code: str, content: Mapping[str, Any], reason: str) -> Scheme:
    """The next version of the scheme, or the first of a new one. `content` has the shape of `schemes.toml`. Cases that
    run keep the version they began with."""
    form = Form()
    code = form.word("code", code, "代码", 40)
    reason = form.text("reason", reason, "修改理由", 500)
    form.check()
    with administering(by):
        there = book(newest=True).schemes.get(code)
        version = there.version + 1 if there is not None else 1
        try:
            scheme = read_scheme(code, version, content, BOOK)
        except Unreadable as error:
            raise invalid(error.place, error.sentence) from error
        if scheme.to_choose and any(rule.scheme == code for rule in book().rules):
            raise invalid("to_choose", "适用规则里正指向这个方案，不能改为待选定；请先改规则。")
        SchemeVersion(
            code=code, version=version, content=dict(content), reason=reason, by=by.actor.account, at=by.at
        ).save(force_insert=True)
        by.log("scheme", code, f"第{version}版")
    book(newest=True)
    return scheme


def write_rules(*, by: By, rules: Sequence[Mapping[str, Any]], reason: str) -> None:
    """The whole table that chooses, in its order; it holds for what is registered from now on."""
    form = Form()
    reason = form.text("reason", reason, "修改理由", 500)
    form.check()
    with administering(by):
        schemes = book(newest=True).schemes
        faults: dict[str, str] = {}
        for place, one in enumerate(rules):
            try:
                read_rule(one, schemes)
            except Unreadable as error:
                faults[f"rules.{place}.{error.place}"] = f"第{place + 1}行：{error.sentence}"
        if faults:
            raise Refused("invalid", next(iter(faults.values())), faults)
        SchemeRules(content=[dict(one) for one in rules], reason=reason, by=by.actor.account, at=by.at).save(
            force_insert=True
        )
        by.log("scheme", "rules", f"{len(rules)}条规则")
    book(newest=True)
