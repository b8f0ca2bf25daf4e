"""Audit the pages of a running platform as a slow phone meets them, and print a table in Markdown.

    python tests/bench/pages.py --base http://127.0.0.1:8000 --password WORD --axe node_modules/axe-core/axe.min.js

It logs in as the sample people, finds one page of each kind, and measures it in Chromium: what comes over the wire, the
largest paint (the median of three first visits) and what moves (390 x 844, 1.6 Mbit/s, 150 ms, a CPU four times
slower), what stands out at 320 pixels, errors, other hosts, and axe's violations in English and Chinese, light and
dark; with `--lighthouse` (its program) also the median of three runs of that. Exit status 1: a goal is missed.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
OPERATOR, MAKER = "operator@sample.example", "owner@wenzhou-fine-print.example"
DETAIL, BOARD = r"^/console/alliances/[\w-]{36}/$", r"^/alliances/[\w-]{36}/$"
TASK = r"^/alliances/[\w-]{36}/tasks/\d+/$"
# who, the page, and if it is one of many, the patterns of the links that lead to it from there; what ends soon is first
PAGES: tuple[tuple[str, str, str], ...] = (
    (MAKER, "/desk/", r"^/invitations/[\w-]{36}/$"),
    (OPERATOR, "/console/alliances/?state=living", DETAIL),
    (OPERATOR, "/console/alliances/?state=operating", f"{DETAIL} {BOARD}"),
    (OPERATOR, "/console/alliances/?state=operating", f"{DETAIL} {BOARD} {TASK}"),
    ("", "/", ""),
    ("", "/accounts/login/", ""),
    ("", "/accounts/signup/", ""),
    ("", "/firms/join/", ""),
    ("", "/style/", ""),
    *(
        (OPERATOR, f"/console/{name}", "")
        for name in ("", "signals/", "spikes/", "opportunities/", "proposals/")
    ),
    *(
        (OPERATOR, f"/console/{name}", "")
        for name in ("alliances/", "firms/", "promotions/", "templates/", "status/")
    ),
    (OPERATOR, "/search/?q=a", ""),
    (OPERATOR, "/console/spikes/", r"^/console/spikes/\d+/$"),
    (OPERATOR, "/console/opportunities/", r"^/opportunities/[\w-]{36}/$"),
    (OPERATOR, "/console/proposals/?state=", r"^/proposals/[\w-]{36}/risk/$"),
    (OPERATOR, "/console/firms/?state=verified", r"^/console/firms/[\w-]{36}/$"),
    (MAKER, "/desk/", ""),
    (MAKER, "/notices/", ""),
    (MAKER, "/firm/", ""),
    (MAKER, "/firm/", r"^/firm/[\w-]{36}/competencies/$"),
    (MAKER, "/firm/", r"^/firm/[\w-]{36}/capacity/$"),
    (MAKER, "/firm/", r"^/firm/[\w-]{36}/reputation/$"),
    (MAKER, "/firm/", r"^/firm/[\w-]{36}/members/$"),
    (MAKER, "/firm/me/", ""),
)
LOOKS = tuple((locale, scheme) for locale in ("en-GB", "zh-CN") for scheme in ("light", "dark"))
WATCH = """window.seen = { lcp: 0, cls: 0 };
const watch = (type, read) => new PerformanceObserver((list) => list.getEntries().forEach(read))
  .observe({ type, buffered: true });
watch("largest-contentful-paint", (one) => { seen.lcp = one.startTime; });
watch("layout-shift", (one) => { if (!one.hadRecentInput) seen.cls += one.value; });"""
AXE = """() => axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
"wcag22aa", "best-practice"] } }).then((found) => found.violations.map(
(one) => `${one.id}: ${one.nodes[0].target.join(" ")}`))"""
SPEED = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
GOALS = {"lcp": 1_500.0, "cls": 0.0, "overflow": 0, "axe": 0, "errors": 0, "hosts": 0}
SCORES = {"accessibility": 100.0, "best-practices": 100.0, "performance": 95.0}
RUNS = 3
HEADS = "JS kB | CSS kB | all kB | LCP ms | CLS | over 320 px | errors | other hosts | axe | Lighthouse"
NAMES = ("js", "css", "all", "lcp", "cls", "overflow", "errors", "hosts", "axe")


@dataclass
class Seen:
    """What was measured of a page; times in ms, sizes in kB on the wire."""

    path: str
    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        over = [name for name, most in GOALS.items() if self.figures.get(name, 0) > most]
        return over + [name for name, least in SCORES.items() if self.figures.get(name, 100) < least]


class Auditor:
    """A browser with the people of the sample world, each logged in once."""

    def __init__(self, browser: Browser, base: str, password: str, axe: str) -> None:
        self._browser, self._base, self._password, self._axe = browser, base, password, axe
        self._cookies: dict[str, list[Any]] = {}

    def context(self, who: str, **options: Any) -> BrowserContext:
        made = self._browser.new_context(base_url=self._base, **{**PHONE, **options})
        made.add_cookies(self.cookies_of(who))
        return made

    def cookies_of(self, who: str) -> list[Any]:
        """What says who is logged in; nothing for a visitor."""
        if who and who not in self._cookies:
            context = self._browser.new_context(base_url=self._base)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("#id_login", who)
            page.fill("#id_password", self._password)
            page.click("form.form button[type=submit]")
            page.wait_for_selector("summary")
            self._cookies[who] = [one for one in context.cookies() if one["name"] == "sessionid"]
            context.close()
        return self._cookies.get(who, [])

    def address(self, who: str, path: str, patterns: str) -> str | None:
        """The page itself, or where the first fitting link on it leads, and so on."""
        context = self.context(who)
        page, found = context.new_page(), path
        for pattern in patterns.split():
            page.goto(found)
            links = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.getAttribute('href'))")
            if (link := next((one for one in links if re.search(pattern, one)), None)) is None:
                return None
            found = link
        context.close()
        return found

    def audit(self, who: str, path: str) -> Seen:
        seen = Seen(path)
        looks = [self._as_a_slow_phone(who, seen) for _ in range(RUNS)]
        seen.figures |= {name: max(look[name] for look in looks) for name in looks[0]}
        seen.figures["lcp"] = statistics.median(look["lcp"] for look in looks)
        seen.figures["axe"] = sum(self._violations(who, seen, *look) for look in LOOKS)
        return seen

    def _as_a_slow_phone(self, who: str, seen: Seen) -> dict[str, float]:
        """What one first visit over a slow line shows."""
        context = self.context(who, reduced_motion="reduce")
        page, sizes, hosts = context.new_page(), Counter[str](), set[str]()
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
        page.add_init_script(WATCH)
        self._weigh(context, page, sizes)
        page.goto(seen.path, wait_until="load")
        page.wait_for_timeout(1_000)
        paint = page.evaluate("seen")
        page.set_viewport_size({"width": 320, "height": 640})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        others = hosts - {urlsplit(self._base).netloc, ""}
        seen.notes += errors + sorted(others)
        context.close()
        return {
            "js": round(sizes["Script"] / 1000, 1),
            "css": round(sizes["Stylesheet"] / 1000, 1),
            "all": round(sizes.total() / 1000, 1),
            "lcp": round(paint["lcp"]),
            "cls": round(paint["cls"], 3),
            "overflow": max(over, 0),
            "errors": len(errors),
            "hosts": len(others),
        }

    def _weigh(self, context: BrowserContext, page: Page, sizes: Counter[str]) -> None:
        """Slow the line and the machine down, and count what comes over it by kind."""
        wire, kinds = context.new_cdp_session(page), dict[str, str]()
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SPEED)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        wire.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
        wire.on(
            "Network.loadingFinished",
            lambda told: sizes.update(
                {kinds.get(told["requestId"], "Other"): int(told["encodedDataLength"])}
            ),
        )

    def _violations(self, who: str, seen: Seen, locale: str, scheme: str) -> int:
        context = self.context(who, locale=locale, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(seen.path, wait_until="load")
        page.evaluate(self._axe)
        found = page.evaluate(AXE)
        seen.notes += [f"{locale} {scheme} {one}" for one in found]
        context.close()
        return len(found)


def lighthouse(program: str, browser: str, address: str, cookies: list[Any]) -> dict[str, float]:
    """The median scores of Lighthouse as a phone, from 0 to 100."""
    words = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    flags = ["--quiet", "--output=json", f"--only-categories={','.join(SCORES)}"]
    flags += [f"--chrome-flags=--headless=new {' '.join(QUIET)}"]
    flags += [f"--extra-headers={json.dumps({'Cookie': words})}"] if words else []
    command, told = [program, address, *flags], {**os.environ, "CHROME_PATH": browser}
    runs: list[dict[str, Any]] = []
    for tries_left in reversed(range(2 * RUNS)):  # now and then it fails to watch its browser, and says so
        done = subprocess.run(command, env=told, check=not tries_left, stdout=subprocess.PIPE)
        runs += [json.loads(done.stdout)["categories"]] if not done.returncode else []
        if len(runs) == RUNS:
            break
    return {name: statistics.median(round(100 * run[name]["score"]) for run in runs) for name in SCORES}


def line(row: Seen) -> str:
    """The measurements of a page in Markdown."""
    path = re.sub(r"[0-9a-f]{8}-[\w-]{27}", "…", row.path)
    scores = " / ".join(f"{row.figures[name]:g}" for name in SCORES if name in row.figures) or "–"
    return f"| `{path}` | " + " | ".join(f"{row.figures[name]:g}" for name in NAMES) + f" | {scores} |"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", required=True)
    asked.add_argument("--password", required=True)
    asked.add_argument("--axe", required=True, type=Path)
    asked.add_argument("--only", default="", help="a pattern of the pages' paths")
    asked.add_argument("--lighthouse", default="", help="the program; without it there are no scores")
    asked.add_argument("--browser", default="/usr/bin/chromium")
    given = asked.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=QUIET)
        auditor = Auditor(browser, given.base, given.password, given.axe.read_text())
        rows = []
        print(f"| page | {HEADS} |\n|---|{'---:|' * 10}", flush=True)
        for who, path, pattern in PAGES:
            if not re.search(given.only, path + pattern):
                continue
            address = auditor.address(who, path, pattern)
            if address is None:
                print(f"no page like {pattern} on {path} now", file=sys.stderr)
                continue
            rows.append(auditor.audit(who, address))
            if given.lighthouse:
                cookies = auditor.cookies_of(who)
                rows[-1].figures |= lighthouse(given.lighthouse, given.browser, given.base + address, cookies)
            print(line(rows[-1]), flush=True)
            for note in rows[-1].notes:
                print(f"{address}: {note}", file=sys.stderr, flush=True)
        browser.close()
    missed = {row.path: row.missed for row in rows if row.missed}
    print(f"\n{len(rows)} pages, goals missed: {missed or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
