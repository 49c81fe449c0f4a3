"""入户走访: for service and publicity. A visit knows an address and a purpose, and nobody by name."""

PURPOSES: dict[str, str] = {
    "publicity": "政策宣传",
    "safety": "安全提示",
    "service": "上门服务",
    "listening": "听取意见",
    "other": "其他服务",
}
