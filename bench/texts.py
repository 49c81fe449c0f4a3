"""Matters that never happened, of real length and varied words; the same index gives the same text."""

import random


def _words(text: str) -> list[str]:
    return text.split()


PLACES = _words(
    "东门口 西河坝 南园路 北桥头 老粮站 新市场 水塔下 砖瓦厂 林场 渡口 学堂边 文化站 卫生院 "
    "农机站 苗圃 养路段 石灰窑 三岔路 晒场 碾坊 茶亭 花园小区 安置楼 廉租房 商贸城 汽车站 "
    "加油站 物流园 工业园 开发区 沿河大道 环城路 "
)
PEOPLE = _words("邻居 承包人 施工队 物业公司 房东 租户 村小组 合作社 包工头 厂方 店主 车主 驾驶员 医生 老板 开发商 ")
WHAT = _words(
    "占用公共走廊堆放杂物 拖欠工资不发 未按合同交房 夜间施工噪声扰民 排放污水 乱倒垃圾 "
    "拆除围墙后不恢复 改变水流方向 多收物业费 不退押金 卖过期食品 拒绝赔偿医药费 毁坏青苗 "
    "抢占承包地 堵住出入通道 漏水不修 路灯长期不亮 井盖缺失 电梯故障频繁 停车位被占 占道经营 "
    "违规搭建阳光房 欠缴社保 单方解除合同 交通事故后不露面 虚假宣传 克扣加班费 "
)
SINCE = [
    "今年春节以来",
    "自去年入冬后",
    "从三月份开始",
    "近半年",
    "最近两周",
    "二〇二四年起",
    "雨季过后",
    "开学以后",
    "国庆期间",
    "麦收前后",
]
TRIED = _words(
    "多次上门沟通无果 向村委会反映过两次 打过热线没有回音 双方吵过几回 已经报过警 找过街道调解 "
    "写过书面申请 请亲戚说合也没有结果 到现场看过但没有处理 对方总是推脱 约好的时间对方没有来 "
)
HARM = _words(
    "老人出行很不安全 家里孩子无法休息 庄稼减产严重 墙体已经开裂 一家人生活受影响 工友们等钱回家 "
    "车辆进不来 楼道里气味刺鼻 下雨天就积水 邻里关系越来越僵 担心发生意外 经济损失较大 "
)
WISH = _words(
    "请求尽快查明情况并答复 要求恢复原状 希望依法处理 要求支付欠款 请有关部门现场核实 "
    "希望组织双方调解 要求赔偿损失 请给一个明确的期限 希望今后加强监管 请保护举报人的信息 "
)
NAMES = _words("安平 田丰 禾秀 云程 水生 石坚 木森 文清 春和 秋实 志远 家和 永福 长青 明达 思源 ")
FAMILY = _words("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 𠮷 欧阳 尉迟 覃 ")


def matter(index: int) -> tuple[str, str, str, str]:
    """(title, narrative, answer, applicant's name) of case `index`."""
    pick = random.Random(index)
    place, who, what = pick.choice(PLACES), pick.choice(PEOPLE), pick.choice(WHAT)
    parts = [f"{pick.choice(SINCE)}，{place}{pick.randrange(1, 400)}号{who}{what}，{pick.choice(HARM)}。"]
    # real messages have a median of 200 to 300 characters and a long tail
    while sum(map(len, parts)) < pick.lognormvariate(5.65, 0.6) and len(parts) < 60:
        parts.append(
            f"{pick.choice(PEOPLE)}{pick.choice(WHAT)}，{pick.choice(TRIED)}；在{pick.choice(PLACES)}"
            f"又发现{pick.choice(PEOPLE)}{pick.choice(WHAT)}，{pick.choice(HARM)}。"
        )
    parts.append(f"{pick.choice(WISH)}，{pick.choice(WISH)}。")
    answer = f"经核实，您反映的{place}{who}{what}的问题，{pick.choice(TRIED)}。现已{pick.choice(WISH)[2:]}，请放心。"
    return f"{place}{who}{what}", "".join(parts), answer, pick.choice(FAMILY) + pick.choice(NAMES)
