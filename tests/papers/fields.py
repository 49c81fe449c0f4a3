"""The fields of every form, as domain.md §4.1 and §4.2 list them: what must stand there as a label (of a field, a column,
a heading or a place to sign), what must be said in words, and what the record itself fills in.

民族 is left out, as DESIGN §2 forbids the field.
"""

from dataclasses import dataclass

from onedoor.papers.model import Document, Grid, Paragraph, Places, Table


@dataclass(frozen=True)
class Fields:
    """`filled`: labels of fields that are not empty on a matter with a whole record."""

    labels: str
    words: str = ""
    filled: str = ""


_PERSONS = "身份 姓名或名称 性别 年龄 联系方式 单位或住址"
_LETTER = "发出单位 接收单位 案号 当事人 简要情况 诉求 附件 办理期限 联系人、电话 签发人 （印章）"
_LETTER_FILLED = "发出单位 接收单位 案号 当事人 简要情况 诉求 附件 办理期限"
FIELDS = {
    "mediation_application": Fields(
        f"{_PERSONS} 职业或职务 纠纷简要情况 当事人申请事项 申请人（签名、盖章或按指印）",
        "申请人 被申请人 相关规定告知我 自愿申请",
    ),
    "acceptance_register": Fields(
        "事项编号 纠纷类型 案件来源 纠纷简要情况 备注 当事人（签名、盖章或按指印） 登记人（签名） （印章）",
        "本组织登记 之间的纠纷 同意调解",
        "事项编号 纠纷类型 案件来源 纠纷简要情况",
    ),
    "rights_notice": Fields(
        "当事人在调解活动中的权利 当事人在调解活动中的义务 当事人（签名、盖章或按指印）",
        "选择或者接受人民调解员 拒绝调解或者要求终止调解 公开进行或者不公开进行 自愿达成调解协议 如实陈述纠纷事实 "
        "遵守调解现场秩序 尊重对方当事人行使权利 不收取任何费用",
    ),
    "authorisation": Fields(
        "委托人 受托人 受托人身份证号 受托人联系方式 委托事项 委托权限 委托期限", "", "委托人 委托事项 委托权限"
    ),
    "investigation_record": Fields(
        "开始时间 结束时间 地点 事由 调查人 记录人 被调查人姓名 性别 年龄 联系电话 单位、职务或身份 笔录内容 补充材料 "
        "被调查人（签名或按指印） 调查人（签名） 记录人（签名）",
        "",
        "开始时间 结束时间 地点 事由 调查人 记录人 被调查人姓名 性别 年龄 联系电话 单位、职务或身份",
    ),
    "mediation_record": Fields(
        "时间 地点 事由 到场当事人 参加人（受邀者） 调解员 记录人 双方陈述、核实质证和协议内容 当事人（签名、盖章或按指印） "
        "参加人（签名） 调解员（签名） 记录人（签名） （印章）",
        "告知权利义务 合法原则 参与人的身份 是否申请回避 调解不成的风险 不得在以后的诉讼、仲裁中作为对其不利的证据 宣读或者交其阅看",
        "时间 地点 事由 到场当事人 参加人（受邀者） 调解员 记录人",
    ),
    "agreement": Fields(
        f"当事人基本情况 {_PERSONS} 纠纷主要事实 争议事项 经调解，自愿达成如下协议（各方责任） 履行人 权利人 内容 金额 期限 履行方式 "
        "履行地点 履行期限 协议生效 文本摘要 已签署 当事人（签名、盖章或按指印） 人民调解员（签名） 记录人（签名） （印章）",
        "各执一份 留存一份 司法确认 手写签名",
        "履行方式 履行地点 履行期限 协议生效 文本摘要",
    ),
    "oral_agreement_register": Fields(
        "当事人基本情况 纠纷主要事实 争议事项 经调解，自愿达成如下协议（各方责任） 履行方式 履行地点 履行期限 "
        "当事人（签名、盖章或按指印） 人民调解员（签名）",
        "司法确认",
    ),
    "performance_receipt": Fields(
        "协议编号 事由 日期 履行人 收受人 金额或内容 大写 凭据 收受人（签名、盖章或按指印） 履行人（签名、盖章或按指印）",
        "已经收到 元整",
        "协议编号 事由",
    ),
    "follow_up_record": Fields(
        "当事人 协议编号 回访事由（纠纷名称） 履行情况 满意度 是否起诉及判决 有无错误调解或激化隐患 采取的措施 回访时间 回访人（签名）",
        "",
        "当事人 协议编号 回访事由（纠纷名称） 履行情况 回访时间",
    ),
    "confirmation_application": Fields(
        f"申请人 {_PERSONS} 委托代理人 请求事项 事实和理由 责任承诺 申请人（签名、盖章）",
        "没有恶意串通 此致 人民法院 调解协议 主持调解的组织出具的证明 财产权利证明 身份、住所和联系方式",
    ),
    "proof_of_mediation": Fields("（印章）", "主持调解 自愿达成 特此证明"),
    "termination_letter": Fields("（印章）", "未能达成一致 终止调解 下列途径 人民法院 双方当事人各一份"),
    "closing_report": Fields(
        "卷号 填表时间 承办单位 承办人 受案时间 结案时间 当事人 来源 简要事实 处理结果 协议编号 备注 承办人（签名） 负责人（签名）",
        "",
        "卷号 填表时间 承办单位 承办人 受案时间 当事人 来源 简要事实 处理结果 协议编号",
    ),
    "file_cover": Fields(
        "卷名 卷号 当事人 调解员 调解日期 立卷人 立卷日期 保管期限 备注",
        "",
        "卷名 卷号 当事人 调解员 调解日期 立卷人 立卷日期 保管期限",
    ),
    "file_note": Fields("立卷人（签名）", "材料齐全"),
    "back_cover": Fields("立卷人（签名） 检查人（签名）", "本卷共 立卷"),
    "cooperation_sheet": Fields(f"{_LETTER} 拟请协作的事项", "", f"{_LETTER_FILLED} 拟请协作的事项"),
    "entrustment_letter": Fields(
        f"{_LETTER} 委托调处的事项 接收人（签收）", "材料随函移交 自签收之日起", f"{_LETTER_FILLED} 委托调处的事项"
    ),
    "reply_letter": Fields(
        "致 来文编号、收文日 案号 当事人 调处经过 结果（成功、不成、退回） 协议编号 后续建议 承办人 （印章）",
        "",
        "致 案号 当事人 调处经过 结果（成功、不成、退回） 协议编号 承办人",
    ),
    "court_letter": Fields(
        "案号 调解编号 法院案号 申请人 被申请人 简要情况 移送的材料 财产权利证明 联系人、电话 签发人 （印章） 接收人（签收）",
        "移送你院",
        "案号 调解编号 法院案号 申请人 被申请人 简要情况 移送的材料",
    ),
    "supervision_notice": Fields(
        "督办单编号 督办级别 督办事由 案号 承办单位 责任人 督办要求 回告时限 签发人 采取的措施 处理方案 进展情况 完成时间 （印章）",
        "一事一报 加盖公章 报告进展和原因 退回重报 回执",
        "督办单编号 督办级别 督办事由 案号 承办单位 回告时限",
    ),
    "proof_of_service": Fields(
        "案号 送达的文书 受送达人 送达地点 送达方式 受送达人签收 代收人及与受送达人的关系 拒收事由和见证人 送达人（签名）",
        "",
        "案号 送达的文书 受送达人 送达方式",
    ),
    "service_address": Fields(
        "案号 当事人 送达地址 收件人 联系电话 是否接受电子送达 当事人（签名、盖章或按指印）",
        "地址变更 依法承担相应后果",
        "案号 当事人",
    ),
    "receipt": Fields(
        "编号 申请人 事项 登记时间 受理单位 办理期限", "后四位", "编号 申请人 事项 登记时间 受理单位 办理期限"
    ),
    "petition_acceptance": Fields("（印章）", "收悉 决定予以受理 60日 办理期限至 办理途径和程序 通过"),
    "petition_refusal": Fields("（印章）", "收悉 决定不予受理，理由是 依法通过下列途径提出 第二十二条"),
    "petition_transfer": Fields("（印章）", "收悉 转送 15日内 去向机关 程序和期限"),
    "petition_extension": Fields("（印章）", "负责人批准 延期理由是 30日 第三十四条"),
    "petition_opinion": Fields(
        "一、投诉请求 二、事实和理由 三、处理意见及法律依据 （印章）",
        "关于 信访事项的答复意见 收悉 转办机关 依据： 30日内 上一级机关 请求复查 送达方式 签发人 抄报",
    ),
}


def labels_of(document: Document) -> set[str]:
    """Of fields, columns, headings and places to sign."""
    found: set[str] = set()
    for block in document.blocks:
        match block:
            case Grid(rows):
                found |= {label for label, _ in rows}
            case Table(head, _):
                found |= set(head)
            case Paragraph(text, "heading"):
                found.add(text)
            case Places(lines):
                found |= {line.split("：")[0] for line in lines}
                found |= {"（印章）" for line in lines if line.endswith("（印章）")}
    return found


def filled_of(document: Document) -> set[str]:
    """Labels of the fields that have a value."""
    grids = (block for block in document.blocks if isinstance(block, Grid))
    return {label for grid in grids for label, value in grid.rows if value.strip("　 ")}
