"""The system's Chromium, driven by Playwright, with a page for each person."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.management.commands.test import find_browser
from tests.platforms import Platform, session_of

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Playwright runs an event loop in this thread, which Django must put up with."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=list(QUIET))
            yield browser
            browser.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Pages:
    """Opens pages of one platform, each in a browser context of its own, and watches them for errors."""

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self._browser = browser
        self._platform = platform
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(
        self, path: str = "/", user: AbstractBaseUser | None = None, *, phone: bool = False, **options: Any
    ) -> Page:
        """Open `path` as `user`, on a desktop or a phone; `options` are those of a browser context."""
        device = PHONE if phone else DESKTOP
        context = self._browser.new_context(base_url=self._platform.url, **{**device, **options})
        self._contexts.append(context)
        if user:
            cookie = {"name": "sessionid", "value": session_of(user), "url": self._platform.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.goto(path)
        return page

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(f"{page.url}: {text}")
