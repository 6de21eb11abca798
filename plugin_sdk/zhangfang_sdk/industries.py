"""The industries that a client may be in: keys as facts keep them, titles for people."""

from zhangfang_sdk.texts import translatable

INDUSTRIES = translatable(
    {
        "restaurant": "餐饮",
        "trading": "商贸",
        "retail": "零售",
        "software": "软件和信息服务",
        "construction": "建筑",
        "manufacturing": "制造",
        "transport": "运输",
        "services": "其他服务",
    }
)
