"""What is offered."""

from collections.abc import Sequence

from zhangfang_marketplace.tables import Service


async def offered() -> Sequence[Service]:
    """Published services of the firm, cheapest first."""
    return await Service.objects().where(Service.published.eq(True)).order_by(Service.price, Service.id)


DEMO = (
    ("工商变更(经营范围)", "代办经营范围变更登记,含材料准备、网上申报和新执照领取。", "新营业执照正副本", 80_000, 7),
    (
        "研发费用加计扣除辅导",
        "梳理研发项目与费用归集,准备备查资料,辅导汇算清缴填报。",
        "研发辅助账与备查资料",
        600_000,
        15,
    ),
    ("年度税务健康检查", "核对账表、申报表与发票,列出风险点和整改办法。", "检查报告", 280_000, 10),
)


async def offer_demo_services() -> None:
    """What the demo's firm offers; nothing when it offers something already."""
    if await Service.exists():
        return
    await Service.insert(
        *(
            Service(title=title, content=content, deliverables=deliverables, price=price, days=days, published=True)
            for title, content, deliverables, price, days in DEMO
        )
    )
