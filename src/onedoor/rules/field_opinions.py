"""社情民意 from the field: a topic and words. No person, no author, no unit that it is sent to."""

TOPICS: dict[str, str] = {
    "policy": "政策落实",
    "livelihood": "民生服务",
    "roads": "道路交通",
    "water": "水电气暖",
    "environment": "环境卫生",
    "safety": "公共安全",
    "order": "办事作风",
    "other": "其他",
}
