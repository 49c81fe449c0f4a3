"""检查表 that every centre starts with; from then on they are data that it edits, each change a version of its own.

Questions are plain: yes is well, no is a fault. What a question rests on is named where a law says it; the others are
marked 待核 and are the habit of the trade. (question, basis)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstChecklist:
    code: str
    name: str
    items: tuple[tuple[str, str], ...]

    def rows(self) -> list[dict[str, object]]:
        """As the table keeps them."""
        return [
            {"code": f"q{number}", "question": question, "basis": basis, "unsure": not basis}
            for number, (question, basis) in enumerate(self.items, 1)
        ]


_EXITS = "《消防法》第二十八条"
FIRST_CHECKLISTS = (
    FirstChecklist(
        "school",
        "学校周边",
        (
            ("周边没有歌舞厅、酒吧、网吧等不适宜未成年人的场所", "《未成年人保护法》第五十八条"),
            ("周边没有烟、酒、彩票销售网点，商店没有向学生卖烟酒", "《未成年人保护法》第五十九条"),
            ("上下学时段路口有人疏导，标志标线清楚", ""),
            ("门口没有占道摊点堵塞通道", ""),
            ("围墙、路面、窨井盖、电线没有危险", ""),
        ),
    ),
    FirstChecklist(
        "market",
        "集贸市场",
        (
            ("疏散通道、安全出口、消防车通道畅通", _EXITS),
            ("消火栓、灭火器没有被遮挡、挪用、损坏", _EXITS),
            ("市场里没有住人", ""),
            ("开办者查验了入场食品经营者的许可证", "《食品安全法》第六十一条"),
            ("电线没有私拉乱接", ""),
            ("公平秤摆在明处、可以使用", ""),
        ),
    ),
    FirstChecklist(
        "rented",
        "出租房屋消防",
        (
            ("楼道、安全出口没有堵塞、锁闭", _EXITS),
            ("外窗没有影响逃生的栅栏、广告牌（人员密集场所）", _EXITS),
            (
                "高层住宅的门厅、走道、楼梯间没有停放电动自行车或给它充电",
                "《高层民用建筑消防安全管理规定》第三十七条",
            ),
            ("灭火器在明处、没有过期", ""),
            ("电线没有私拉乱接，电表箱没有堆物", ""),
            ("燃气软管、阀门完好，用气的房间通风", ""),
        ),
    ),
    FirstChecklist(
        "restaurant",
        "餐饮场所",
        (
            ("食品经营许可证在有效期内、挂在明处", "《食品安全法》第三十五条"),
            ("接触直接入口食品的人有健康证明", "《食品安全法》第四十五条"),
            ("使用燃气的，装有可燃气体报警装置并且正常", "《安全生产法》第三十六条"),
            ("疏散通道、安全出口畅通", _EXITS),
            ("灶台、排烟管道没有积油", ""),
            ("有防止浪费的提示", "《反食品浪费法》第七条"),
        ),
    ),
    FirstChecklist(
        "facility",
        "公共设施",
        (
            ("窨井盖完好，没有缺失、松动", "《民法典》第一千二百五十八条"),
            ("道路没有坍塌、坑槽，信号灯、标志标线完好", "《道路交通安全法》第三十条"),
            ("路灯亮", ""),
            ("健身器材、座椅、护栏没有松动破损", ""),
            ("消火栓没有被埋压、圈占、遮挡", _EXITS),
        ),
    ),
    FirstChecklist(
        "worksite",
        "建筑工地",
        (
            ("入口、临边、洞口等危险处有安全警示标志", "《建设工程安全生产管理条例》第二十八条"),
            ("醒目处有农民工维权信息告示牌", "《保障农民工工资支付条例》第三十四条"),
            ("围挡完好，没有占用人行道", ""),
            ("没有明显扬尘，夜间没有扰民", ""),
        ),
    ),
    FirstChecklist(
        "water",
        "水域",
        (
            ("水边有警示牌，字迹清楚", ""),
            ("救生圈、救生杆在位、能用", ""),
            ("护栏没有缺口", ""),
            ("没有人下水游泳、溜冰", ""),
        ),
    ),
)
