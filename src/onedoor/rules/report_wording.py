"""The sentences of a report: data that a centre may change, with holes for the numbers. They state what the numbers
say and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import INVALID, Refused, invalid

MOST_WORDING = 1000  # characters of a sentence


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence of the report. `holes` are the numbers and words that are put into it; all may stand, none must."""

    label: str
    text: str
    holes: tuple[str, ...]


_WHERE = ("时段", "区域")
WORDINGS: dict[str, Wording] = {
    "overview": Wording(
        "总体情况",
        "{时段}，{区域}登记事项{登记数}件，日均{日均}件（按{天数}天计算）；{登记环比}，{登记同比}。已受理{受理数}件，已办结"
        "{办结数}件，{办结率}。另有并入其他事项的重复事项{并案数}件，不重复计。涉及金额的{金额件数}件，共{金额}。",
        (
            *(*_WHERE, "登记数", "日均", "天数", "登记环比", "登记同比", "受理数", "办结数", "办结率", "并案数"),
            *("金额件数", "金额"),
        ),
    ),
    "limits": Wording(
        "时限执行",
        "应在受理期限内作出决定的{应受理数}件，按期决定{按期受理数}件，{及时受理率}；办理期限已到或者已经办结的{应办结数}件，"
        "按期办结{按期办结数}件，{按期办结率}。超过办理期限还没有办结的{超期在办数}件。",
        (
            *(*_WHERE, "应受理数", "按期受理数", "及时受理率", "应办结数", "按期办结数", "按期办结率"),
            "超期在办数",
        ),
    ),
    "external": Wording(
        "外部数据",
        "以下是{来源}提供的数据（外部数据），由本中心导入，不在事项列表里。{时段}：{逐类}。",
        (*_WHERE, "来源", "逐类"),
    ),
    "external_none": Wording(
        "没有外部数据",
        "{时段}没有导入警情、交通事故、火灾等外部数据。",
        _WHERE,
    ),
    "disputes": Wording(
        "矛盾纠纷",
        "登记矛盾纠纷{纠纷数}件，{纠纷环比}；已受理调处{调处数}件，{调处率}；已化解{化解数}件，{化解率}。调解已有结果的"
        "{调解数}件，达成协议{协议数}件，{调解成功率}。",
        (
            *(*_WHERE, "纠纷数", "纠纷环比", "调处数", "调处率", "化解数", "化解率", "调解数", "协议数"),
            "调解成功率",
        ),
    ),
    "categories": Wording(
        "类别",
        "从类别看，登记较多的是{较多类别}。{类别升降}。",
        (*_WHERE, "较多类别", "类别升降"),
    ),
    "categories_none": Wording("没有登记：类别", "{时段}没有登记事项。{类别升降}。", (*_WHERE, "类别升降")),
    "channels": Wording("渠道", "从渠道看，登记较多的是{较多渠道}。", (*_WHERE, "较多渠道")),
    "divisions": Wording(
        "区域",
        "从事项发生地看，登记较多的是{较多区域}。{区域升降}；本期没有登记的{零登记数}个。",
        (*_WHERE, "较多区域", "区域升降", "零登记数"),
    ),
    "divisions_none": Wording(
        "没有登记：区域",
        "{时段}没有登记事项。{区域升降}；本期没有登记的{零登记数}个。",
        (*_WHERE, "区域升降", "零登记数"),
    ),
    "units": Wording(
        "承办单位",
        "已经交办的事项由{单位数}个单位主办，较多的是{较多单位}；还没有交办的{未交办数}件。",
        (*_WHERE, "单位数", "较多单位", "未交办数"),
    ),
    "units_none": Wording("没有交办", "没有已经交办的事项；还没有交办的{未交办数}件。", (*_WHERE, "未交办数")),
    "surges": Wording(
        "异常增多",
        "按周逐地逐类比较，有{异常数}处登记异常增多，即一周的登记超出此前八周所能解释的范围。共比较{比较数}次，纯属偶然的预计"
        "不超过{偶然数}次。",
        (*_WHERE, "异常数", "比较数", "偶然数"),
    ),
    "surges_none": Wording(
        "没有异常增多",
        "按周逐地逐类比较（共{比较数}次），没有发现登记异常增多。",
        (*_WHERE, "比较数"),
    ),
    "long_running": Wording(
        "长期未办结",
        "统计时尚未办结的事项共{未办结数}件，其中登记满90天的{满90天数}件、满180天的{满180天数}件、满365天的{满365天数}件"
        "（不限登记时段）。{长期类别}。",
        (*_WHERE, "未办结数", "满90天数", "满180天数", "满365天数", "长期类别"),
    ),
    "repeated": Wording(
        "重复事项",
        "{时段}登记的事项中，并入其他事项的重复事项{并案数}件，{并案环比}；报过办结后被退回重办过的{退回数}件，{退回率}。",
        (*_WHERE, "并案数", "并案环比", "退回数", "退回率"),
    ),
    "supervision": Wording(
        "督办",
        "{时段}发出督办单{督办数}份：{督办级别}。现在的状态：{督办状态}。",
        (*_WHERE, "督办数", "督办级别", "督办状态"),
    ),
    "supervision_none": Wording("没有督办", "{时段}没有发出督办单。", _WHERE),
    "ratings": Wording(
        "群众评价",
        "申请人评价{评价数}件，{参评率}；评价满意{满意数}件，{满意率}。抽中回访并已办结的{应回访数}件，已回访或者已评价"
        "{已回访数}件，{回访率}。",
        (*_WHERE, "评价数", "参评率", "满意数", "满意率", "应回访数", "已回访数", "回访率"),
    ),
    "ratings_few": Wording(
        "评价不足5件",
        "申请人评价{评价数}件，不足5件，不列满意情况。",
        (*_WHERE, "评价数"),
    ),
    "hints": Wording("风险提示的开头", "以下只列数字显示的情况，不作推断。", _WHERE),
    "hints_none": Wording("没有风险提示", "没有达到提示条件的数字。", _WHERE),
}


def check_wordings(raw: Mapping[str, str]) -> dict[str, str]:
    """The centre's own sentences by name; an empty one is as it was. Refuses a hole that nobody would fill."""
    own: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, wording in WORDINGS.items():
        try:
            text = check_nameless(
                raw.get(name, ""), most=MOST_WORDING, field=name, label=wording.label, required=False
            )
            check_holes(name, text)
        except Refused as refused:
            faults |= refused.fields
            continue
        if text and text != wording.text:
            own[name] = text
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return own


def check_holes(name: str, text: str) -> None:
    for part, is_hole in pieces(text):
        if is_hole and part not in WORDINGS[name].holes:
            offered = "、".join(f"{{{hole}}}" for hole in WORDINGS[name].holes)
            raise invalid(name, f"没有“{{{part}}}”这个占位；可用的是{offered}。")
        if not is_hole and set(part) & set("{}｛｝"):
            raise invalid(name, "括号没有成对，占位应写成 {登记数} 这样。")


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its holes: words, and names of holes (True)."""
    found: list[tuple[str, bool]] = []
    rest = text.replace("｛", "{").replace("｝", "}")
    while True:
        before, opened, after = rest.partition("{")
        name, closed, behind = after.partition("}")
        if not opened or not closed or "{" in name:
            break
        if before:
            found.append((before, False))
        found.append((name, True))
        rest = behind
    return [*found, (rest, False)] if rest else found
