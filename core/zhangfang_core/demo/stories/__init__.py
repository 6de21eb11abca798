"""The demo's stories: fictional companies and their books as plain values, the same for the same day. Pure."""

from datetime import date

from zhangfang_core.demo.stories.materials import materials
from zhangfang_core.demo.stories.neighbour import neighbour
from zhangfang_core.demo.stories.restaurant import restaurant
from zhangfang_core.demo.stories.software import software
from zhangfang_core.demo.stories.trading import trading
from zhangfang_core.demo.stories.values import (
    Company,
    FirmStory,
    MonthStory,
    Party,
    Pieces,
    Story,
    StoryDocument,
    StoryDocumentLine,
    StoryItem,
    StoryLine,
    StoryVoucher,
)

__all__ = [
    "Company",
    "FirmStory",
    "MonthStory",
    "Party",
    "Pieces",
    "Story",
    "StoryDocument",
    "StoryDocumentLine",
    "StoryItem",
    "StoryLine",
    "StoryVoucher",
    "firms",
    "materials",
    "neighbour",
    "restaurant",
    "software",
    "trading",
]


def firms(today: date) -> tuple[FirmStory, FirmStory]:
    """Two bookkeeping firms as of ``today`` (Asia/Shanghai): one with four clients and fourteen months or more, one with a small client of a year."""
    return (
        FirmStory("加喜财税", (restaurant(today), trading(today), software(today), materials(today))),
        FirmStory("邻里代账", (neighbour(today),)),
    )
