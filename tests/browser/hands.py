"""Two accountants' hands on the portal: every key and click beyond typed text is counted."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page


@dataclass
class Counter:
    """``count`` is of both persons together; ``log`` says what it was for."""

    count: int = 0

    def add(self, number: int = 1) -> None:
        self.count += number


@dataclass(frozen=True)
class Hands:
    """One person at one page. Letters and digits that somebody types are no effort counted here; where they go is."""

    page: Page
    counter: Counter

    async def open(self, address: str) -> None:
        """As by a link: one click."""
        self.counter.add()
        await self.page.goto(address)

    async def click(self, selector: str) -> None:
        self.counter.add()
        await self.page.locator(selector).first.click()

    async def press(self, key: str) -> None:
        """One key, or several held at once."""
        self.counter.add()
        await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def hand_in(self, selector: str, files: list[Path]) -> None:
        """The button, then all files at once in the system's own dialog."""
        self.counter.add(2)
        await self.page.set_input_files(selector, files)
