"""地、物: places and things of a grid, never a person and nobody's home."""

PLACE_KINDS: dict[str, str] = {
    "school": "学校周边",
    "market": "集贸市场",
    "rented": "出租房屋（消防）",
    "restaurant": "餐饮场所",
    "lodging": "宾馆旅店",
    "gas_station": "加油加气站",
    "worksite": "建筑工地",
    "factory": "生产企业",
    "water": "水域",
    "road": "道路路口",
    "public": "公共场所",
    "facility": "公共设施",
    "other": "其他",
}
