"""The categories every centre starts with; from then on they are data that the centre edits.

Dispute types: the types of the judicial administration's mediation statistics (司法行政人民调解统计类型).
Service matters: the services that county centres list at their windows. Petition subjects: the fifteen
top-level headings of the petition content classification.
"""

from django.db import migrations

DISPUTES = [
    ("marriage", "婚姻家庭"), ("neighbours", "邻里"), ("housing", "房屋宅基地"), ("contract", "合同"),
    ("business", "生产经营"), ("damages", "损害赔偿"), ("land", "山林土地"), ("demolition", "征地拆迁"),
    ("environment", "环境污染"), ("labour", "劳动争议"), ("consumer", "消费"), ("medical", "医疗"),
    ("traffic", "道路交通事故"), ("property", "物业"), ("intellectual", "知识产权"), ("internet", "互联网"),
    ("other", "其他纠纷"),
]  # fmt: skip
UNDER = {
    "labour": [("wages", "拖欠农民工工资"), ("other", "其他劳动争议")],
    "consumer": [("tourism", "旅游消费"), ("ecommerce", "电子商务消费"), ("other", "其他消费")],
}
SERVICES = [
    ("notary", "公证"), ("legal-aid", "法律援助"), ("legal-advice", "法律咨询"),
    ("appraisal", "司法鉴定"), ("labour-arbitration", "劳动仲裁"), ("labour-inspection", "劳动监察"),
    ("land-arbitration", "土地仲裁"), ("fast-trial", "速裁立案"), ("civil-filing", "民事立案"),
    ("enforcement-filing", "执行立案"), ("petition-reception", "信访接待"), ("mediation", "人民调解"),
    ("reconsideration", "行政复议"), ("women-children", "妇女儿童权益维护"),
    ("psychology", "社会心理服务"), ("rights", "综合维权"), ("other", "其他服务"),
]  # fmt: skip
PETITIONS = [
    ("construction", "城乡建设"), ("party-government", "党务政务"), ("land-resources", "国土资源"),
    ("environment", "环境保护"), ("discipline", "纪检监察"), ("transport", "交通运输"),
    ("economy", "经济管理"), ("industry", "科技与信息产业"), ("civil-affairs", "民政"),
    ("agriculture", "农村农业"), ("commerce", "商贸旅游"), ("health", "卫生计生"),
    ("justice", "政法"), ("education", "教育文体"), ("labour", "劳动和社会保障"), ("other", "其他事项"),
]  # fmt: skip
INCIDENTS = [
    ("hazard", "安全隐患"), ("facility", "设施损坏"), ("environment", "环境卫生"),
    ("order", "治安秩序"), ("other", "其他事件"),
]  # fmt: skip
GROUPS = [
    ("dispute", "矛盾纠纷", DISPUTES), ("service", "服务事项", SERVICES),
    ("petition", "信访事项", PETITIONS), ("incident", "网格事件", INCIDENTS),
]  # fmt: skip


def load(apps, schema_editor):
    category = apps.get_model("cases", "Category")
    for place, (code, name, children) in enumerate(GROUPS):
        group = category.objects.create(code=code, name=name, position=place)
        for position, (child, child_name) in enumerate(children):
            node = category.objects.create(code=f"{code}.{child}", name=child_name, parent=group, position=position)
            if code == "dispute":
                for last, (leaf, leaf_name) in enumerate(UNDER.get(child, [])):
                    category.objects.create(code=f"{code}.{child}.{leaf}", name=leaf_name, parent=node, position=last)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_event_ledger")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
