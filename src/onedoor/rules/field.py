"""What a worker puts down in the field, and what becomes of it on its way to the centre (`docs/handbook/sync.md`)."""

KINDS: dict[str, str] = {
    "report": "上报",
    "more": "补充",
    "task_sign": "签收任务",
    "task_done": "完成任务",
    "inspect": "巡查",
    "visit": "入户走访",
    "care_visit": "看望",
    "opinion": "社情民意",
    "case": "事项",  # as POST /cases takes it: other programs than ours
}
STATES: dict[str, str] = {
    "received": "已收到",
    "waiting": "等待其他内容",  # what it refers to, or a file of it, has not arrived yet
    "asks": "需要处理",  # two have changed the same: both are kept, a person decides
    "refused": "未收",
    "settled": "已处理",  # what was asked has been decided
}
