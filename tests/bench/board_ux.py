"""How a board feels: what it weighs, when it is there, how soon a tap is painted, and seen on another device.

    python -m tests.bench.board_ux [--hold SECONDS]

The page is loaded by a phone (390 x 844) on a slow line (1.6 Mbit/s, 150 ms) with a fourth of this machine's speed;
taps and changes are measured between two phones without these limits. `--hold` then leaves the platform running,
with its address and a cookie, for an audit of the page.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench.boards import world  # first: it sets Django up
from tests.browsers import PHONE, chromium
from tests.builders.firms import NOW
from tests.platforms import Platform, session_of

from config import clock  # isort: skip

CHANGES = 60
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
WATCH = """() => {
  window.lcp = 0; window.cls = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.lcp = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.cls += one.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""
TAPS = """() => {
  window.taps = [];
  addEventListener("pointerup", ({ timeStamp }) => requestAnimationFrame(() => requestAnimationFrame(
    (painted) => window.taps.push([performance.timeOrigin + timeStamp, performance.now() - timeStamp]))), true);
}"""
SEES = """(id) => {
  window.seen = {};
  const look = () => {
    const told = document.querySelector(`#task-${id} [data-f=units]`)?.textContent;
    if (told && !window.seen[told]) window.seen[told] = performance.timeOrigin + performance.now();
  };
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.getElementById("board"), all);
}"""


def main() -> None:
    """Measure, print, and hold if wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hold", type=float, default=0.0, metavar="SECONDS")
    hold = parser.parse_args().hold
    with world(1) as (clone, firms, (alliance,)), tempfile.TemporaryDirectory() as folder:
        clock.set_pace(1.0, start_at=NOW)
        platform = Platform(Path(folder), clone).start()
        try:
            task = alliance.tasks.get(code="M6").pk
            cookies = [session_of(firms.maker.worker), session_of(firms.maker.owner)]
            with chromium() as browser:
                measure(browser, platform.url, f"/alliances/{alliance.key}/", task, cookies)
            if hold:
                print(f"{platform.url} /alliances/{alliance.key}/ sessionid={cookies[0]}", flush=True)
                time.sleep(hold)
        finally:
            platform.stop()


def measure(browser: Browser, base: str, path: str, task: int, cookies: list[str]) -> None:
    """Print the figures of one board."""
    print_load(load(context_of(browser, base, cookies[0]), path))
    one, two = (opened(context_of(browser, base, cookie), path) for cookie in cookies)
    one.evaluate(TAPS)
    two.evaluate(SEES, task)
    card = one.locator(f"#task-{task}")
    card.get_by_role("button", name="Start").tap()
    card.get_by_label("Units done so far").wait_for()
    for number in range(1, CHANGES + 1):
        card.get_by_label("Units done so far").fill(str(number))
        card.get_by_role("button", name="Save progress").tap()
        two.locator(f"#task-{task}").get_by_text(f"{number} of 1,000 units", exact=True).wait_for()
    taps: list[list[float]] = one.evaluate("taps")
    seen: dict[str, float] = two.evaluate("seen")
    began = [at for at, _paint in taps][-CHANGES:]
    arrived = [seen[f"{number} of 1,000 units"] for number in range(1, CHANGES + 1)]
    print_spread("tap to paint", [paint for _at, paint in taps])
    print_spread(
        "tap to seen on another device", [there - at for at, there in zip(began, arrived, strict=True)]
    )


def context_of(browser: Browser, base: str, cookie: str) -> BrowserContext:
    """A phone on which somebody is logged in."""
    context = browser.new_context(base_url=base, **PHONE)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
    return context


def opened(context: BrowserContext, path: str) -> Page:
    """The board, live."""
    page = context.new_page()
    page.goto(path)
    page.locator("[data-live=live]").wait_for()
    return page


def load(context: BrowserContext, path: str) -> dict[str, Any]:
    """Load the board for the first time on a slow phone; bytes on the wire by kind, and the times of the page."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}
    line.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
    line.on(
        "Network.loadingFinished", lambda told: weights.update({told["requestId"]: told["encodedDataLength"]})
    )
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(f"({WATCH})()")
    page.goto(path)
    page.locator("[data-live=live]").wait_for()
    times: dict[str, Any] = page.evaluate("({ lcp: Math.round(lcp), cls })")
    for name, weight in weights.items():
        kind = kinds.get(name, "Other")
        times[kind] = times.get(kind, 0) + weight
    context.close()
    return times


def print_load(found: dict[str, Any]) -> None:
    kinds = {name: size for name, size in found.items() if name not in {"lcp", "cls"}}
    whole = sum(kinds.values())
    listed = ", ".join(f"{name} {size / 1000:.1f} kB" for name, size in sorted(kinds.items()))
    print(f"on the wire: {whole / 1000:.1f} kB ({listed}); LCP {found['lcp']} ms, CLS {found['cls']:.3f}")


def print_spread(what: str, milliseconds: list[float]) -> None:
    ordered = sorted(milliseconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{what}: median {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms, {len(ordered)} times")


if __name__ == "__main__":
    main()
