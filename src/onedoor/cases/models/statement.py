from typing import ClassVar

from django.db import models

from onedoor.cases.models.case import Case

STATEMENT_NAMES = {
    "narrative": "诉求内容",
    "correction": "补正要求",
    "supplement": "补正材料",
    "reason": "理由",
    "guidance": "法定途径告知",
    "basis": "依据",
    "destination": "去向",
    "progress": "进展",
    "opinion": "意见",
    "answer": "答复",
    "service": "送达",
    "follow_up": "回访情况",
    "contest": "不服理由",
    "demand": "督办要求",
    "measures": "督办回告",
    "performance": "履行情况",
    "rating": "申请人评价",
    "remedy": "对不满意的答复",
    "told": "告知情况",
}


class Statement(models.Model):
    """陈述: what someone wrote or said. Never changed; erased at the end of retention, salt and all."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="statements")
    seq = models.IntegerField("事件序号")
    assignment = models.UUIDField(null=True)
    kind = models.CharField("种类", max_length=12)
    text = models.TextField("内容")
    author = models.BigIntegerField(null=True)
    at = models.DateTimeField("时间")
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "statement"
        verbose_name = verbose_name_plural = "陈述"
        ordering: ClassVar = ["case", "seq", "id"]
