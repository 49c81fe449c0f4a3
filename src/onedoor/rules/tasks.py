"""网格任务: from the order to the result."""

STATES: dict[str, str] = {"open": "待签收", "signed": "已签收", "done": "已完成", "cancelled": "已取消"}
