"""Writing and reading the access log."""

from uuid import uuid4

from django.db import connection

ACTIONS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出登录",
    "locked": "账号锁定",
    "unmask": "查看未脱敏信息",
    "export": "导出",
    "download": "下载附件",
    "receipt": "打印含回执码的回执",
    "print": "打印事项",
    "figures": "导出统计",
    "audit": "查看查阅日志",
    "audit_export": "导出查阅日志",
    "referral": "转介服务",
    "harm": "受害线索报告",
    "care": "查看帮扶计划",
    "field": "维护网格工作",
    "paper": "制作含个人信息的文书",
    "paper_wording": "维护文书格式",
    "first_run": "首次设置",
    "division": "维护区划",
    "grid": "维护网格",
    "unit": "维护单位",
    "account": "维护账号",
    "post": "维护岗位",
    "category": "维护类别",
    "scheme": "维护限时方案",
    "calendar": "维护工作日历",
    "bookable": "维护预约事项",
    "hall": "维护大厅",
    "screen": "设置值班大屏",
    "mediation": "维护调解组织",
    "import": "导入表格",
    "service": "维护服务目录",
    "article": "发布信息",
    "question": "办理咨询",
    "opinion": "处理意见",
    "survey": "维护问卷",
    "points": "积分考核",
    "finding": "核实疑点",
    "report": "起草、签发治安形势分析",
    "external": "导入外部数据",
    "bulletin": "起草、发布通报",
    "channel": "维护通知渠道",
    "own_channel": "设置自己的通知渠道",
    "backstage": "查看只读后台",
}
# Who has read personal data in full, and who has taken data along, on paper or as a file. Reports of harm and
# referrals are not among them: who has written one is kept from everybody but those who work on it.
LOOKS = (
    "unmask",
    "export",
    "download",
    "receipt",
    "print",
    "paper",
    "care",
    "figures",
    "report",
    "bulletin",
    "points",
    "survey",
    "backstage",
    "audit",
    "audit_export",
)
# What an administrator does.
CHANGES = (
    "first_run",
    "division",
    "grid",
    "unit",
    "account",
    "post",
    "category",
    "scheme",
    "calendar",
    "bookable",
    "import",
    "channel",
    "service",
    "article",
    "hall",
    "mediation",
    "paper_wording",
)


def log_access(
    *,
    action: str,
    account: int | None,
    subject: str = "",
    reason: str = "",
    address: str = "",
    county: str = "",
    rows: int | None = None,
) -> None:
    """Adds one line; commits with the caller's transaction. `rows`: how many rows went along, of an export."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_log (county, recorded_at, id, account_id, action, subject, reason, address, rows)"
            " VALUES (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s)",
            [county, uuid4(), account, action, subject[:80], reason[:200], address[:45], rows],
        )
