"""Takes the pictures of the README anew, from a running demo county:

./onedoor up --data /tmp/pictures --port 8000
.venv/bin/python docs/pictures/take.py http://127.0.0.1:8000
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZES = {"": (1366, 768), "-phone": (390, 844)}


def signed_in(browser: Browser, base: str, who: str, size: tuple[int, int]) -> Page:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN").new_page()
    page.goto(f"{base}/desk/sign-in?username={who}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")
    return page


def main(base: str) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        environment = {**os.environ, "LANGUAGE": "zh_CN"}  # the browser's own words, as on the file button
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS, env=environment)
        for suffix, size in SIZES.items():

            def keep(page: Page, name: str, suffix: str = suffix) -> None:
                page.wait_for_load_state("networkidle")
                if not suffix or name in ("work", "case"):
                    page.screenshot(path=HERE / f"{name}{suffix}.png")

            page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN").new_page()
            page.goto(f"{base}/desk/sign-in?username=clerk")
            keep(page, "sign-in")
            clerk = signed_in(browser, base, "clerk", size)
            keep(clerk, "work")
            for name in ("cases", "register", "visits"):
                clerk.goto(f"{base}/desk/{name}")
                keep(clerk, name)
            handler = signed_in(browser, base, "handler2", size)
            handler.goto(f"{base}/desk/?queue=handling")
            handler.locator("td.number a").first.click()
            keep(handler, "case")
            clerk.goto(handler.url.split("/moves")[0] + "/receipt")
            keep(clerk, "receipt")
            keep(signed_in_at(browser, base, "supervisor", size, "/desk/supervision"), "supervision")
            trial = "/desk/deadlines?scheme=petition-statutory&start=2026-09-18T10:00&division=&kind=handle"
            keep(signed_in_at(browser, base, "supervisor", size, trial), "deadlines")
            keep(signed_in_at(browser, base, "admin", size, "/desk/admin/people"), "people")
        browser.close()


def signed_in_at(browser: Browser, base: str, who: str, size: tuple[int, int], path: str) -> Page:
    page = signed_in(browser, base, who, size)
    page.goto(base + path)
    return page


if __name__ == "__main__":
    main(sys.argv[1])
