"""What is wrong, said without personal data."""

from dataclasses import dataclass

TABLE_NAMES = {
    "case": "事项",
    "party": "当事人",
    "assignment": "承办任务",
    "statement": "陈述",
    "clock": "时限",
    "external_number": "外部编号",
    "attachment": "附件",
    "visible": "可见范围",
    "event": "事件",
    "counter": "计数",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `number` is empty where no case row says it; then `case` (the id) does."""

    what: str
    number: str = ""
    case: str = ""
    seq: int | None = None
    table: str = ""
    row: str = ""

    def as_json(self) -> dict[str, object]:
        found: dict[str, object] = {"number": self.number or None, "what": self.what}
        others = {"case": self.case, "seq": self.seq, "table": self.table, "row": self.row}
        return found | {name: value for name, value in others.items() if value not in ("", None)}

    def __str__(self) -> str:
        label = self.number or (f"事项 {self.case}" if self.case else "")
        place = "".join(
            [
                f"（第 {self.seq} 号事件）" if self.seq is not None else "",
                f"（{TABLE_NAMES.get(self.table, self.table)} {self.row}）" if self.row else "",
            ]
        )
        return f"{label}：{self.what}{place}" if label else f"{self.what}{place}"
