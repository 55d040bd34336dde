"""The simulator's page as somebody uses it: by what is written on it."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Locator, Page, expect


@dataclass(frozen=True)
class Phone:
    """One phone on the page."""

    page: Page
    root: Locator

    @property
    def field(self) -> Locator:
        return self.root.get_by_placeholder("Message")

    @property
    def bubbles(self) -> Locator:
        return self.root.locator(".bubble")

    @property
    def thread(self) -> Locator:
        return self.root.get_by_role("log")

    def write(self, text: str) -> None:
        """Type and send; the message stands on the phone afterwards."""
        self.field.fill(text)
        self.page.keyboard.press("Enter")
        expect(self.said(text).last).to_be_visible()

    def said(self, text: str) -> Locator:
        return self.root.locator(".bubble.mine").filter(has_text=text)

    def told(self, text: str) -> Locator:
        """Return what the merchant said last with these words in it, once it is there."""
        found = self.root.locator(".bubble:not(.mine)").filter(has_text=text).last
        expect(found).to_be_visible()
        return found

    def tap(self, label: str) -> None:
        """Tap the latest button of that name."""
        self.root.get_by_role("button", name=label, exact=True).last.click()

    def join(self, name: str, place: str = "Gokwe") -> None:
        self.write(f"I want to join, I'm {name} from {place}")
        self.told(f"Welcome, {name}")


@dataclass(frozen=True)
class Window:
    """A browser of its own, with the tabs that a test opens."""

    context: BrowserContext
    server: str

    def tab(self, address: str = "/chat/gokwe-market") -> Page:
        page = self.context.new_page()
        page.goto(f"{self.server}{address}")
        return page

    def phones(self, *numbers: str) -> list[Phone]:
        """Open the simulator with these phones."""
        query = ",".join(number.removeprefix("+") for number in numbers)
        page = self.tab(f"/chat/gokwe-market?phones={query}")
        return [phone_of(page, number.partition("~")[0]) for number in numbers]


def phone_of(page: Page, number: str) -> Phone:
    root = page.locator(f'[data-phone="{number}"]')
    expect(root).to_be_visible()
    return Phone(page, root)
