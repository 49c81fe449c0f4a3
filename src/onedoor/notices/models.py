"""Messages to units and persons."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

NOTICE_NAMES = {
    "to_sign": "有新事项待签收",
    "to_dispatch": "有事项待分流",
    "recalled": "交办已撤回",
    "objection": "有异议待裁定",
    "objection_upheld": "异议成立",
    "designated": "经裁定指定承办",
    "opinion": "协办意见已提交",
    "extension_asked_for": "有延期申请待审批",
    "extension_decided": "延期申请已审批",
    "suspension_asked_for": "有中止申请待审批",
    "suspended": "事项已中止",
    "concluded": "有事项待审核办结",
    "sent_back": "事项退回重办",
    "reopened": "事项重新办理",
    "unsatisfied": "回访不满意",
    "withdrawn": "事项已撤回",
    "guidance_to_confirm": "有告知引导待确认",
    "contested": "申请人不服，待答复",
}


class Notice(models.Model):
    """通知: a line to an audience of `rules.access`. The text is made from `kind`; nothing of the matter is
    in it, so a notice can be taken back without having told anything."""

    id = models.UUIDField(primary_key=True)
    audience = models.BigIntegerField()
    case_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        verbose_name = verbose_name_plural = "通知"
        indexes: ClassVar = [
            models.Index(
                fields=["audience", "-created_at"],
                condition=Q(read_at__isnull=True, taken_back_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(fields=["case_id"], name="notice_by_case"),
        ]
