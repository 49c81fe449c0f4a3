"""Takes the pictures of the README anew, from a running demo county, where it registers a few matters of
today for the duty room's wall:

./onedoor up --data /tmp/pictures --port 8000
.venv/bin/python docs/pictures/take.py http://127.0.0.1:8000
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import typst
from playwright.sync_api import APIRequestContext, Browser, Page, Playwright, sync_playwright

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZES = {"": (1366, 768), "-phone": (390, 844)}


# The papers that are pictured, by their names.
PAPERS = {
    "paper-acceptance": "信访事项受理告知书",
    "paper-agreement": "人民调解协议书",
    "paper-termination": "终止调解告知书",
}
SHEET = '#set page(width: 210mm, height: 297mm, margin: 0mm)\n#image("paper.pdf", page: {page}, width: 100%)'


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
        board(browser, base)
        wall(playwright, browser, base)
        papers(playwright, base)
        report(signed_in(browser, base, "director", SIZES[""]), base)
        browser.close()


def board(browser: Browser, base: str) -> None:
    """The charts, whole, at a desk and on a phone."""
    for suffix, size in (("", (1440, 900)), ("-phone", (390, 844))):
        page = signed_in_at(browser, base, "director", size, "/desk/figures/board?period=year")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1_000)  # the bars have grown
        page.screenshot(path=HERE / f"board{suffix}.png", full_page=True)


# Channel and village of each matter of today.
TODAY = [
    ("window", "990101100201"), ("hotline", "990101101201"), ("grid", "990101100202"), ("window", "990101102201"),
    ("web", "990101100201"), ("window", "990101103201"), ("grid", "990101100201"), ("hotline", "990101101201"),
    ("window", "990101100202"), ("letter", "990101102201"), ("window", "990101100201"), ("visit", "990101103201"),
]  # fmt: skip


def wall(playwright: Playwright, browser: Browser, base: str) -> None:
    """The duty room's screen at both sizes."""
    api = signed_in_api(playwright, base, "clerk")
    applicant = {"part": "applicant", "kind": "person", "name": "章示例"}
    for channel, village in TODAY:
        narrative = "楼道里堆放杂物，多次说不通，请帮助协调。"
        told = {"channel": channel, "division": village, "category": "dispute.neighbours", "kind": "dispute"}
        made = api.post("/api/v1/cases", data={**told, "narrative": narrative, "parties": [applicant]})
        assert made.ok, made.text()
    page = signed_in_at(browser, base, "director", (1920, 1080), "/desk/figures/screens")
    page.get_by_role("button", name="把这台设备设为大屏").click()
    page.wait_for_url("**/wall/board")
    for name, size in (("wall", (1920, 1080)), ("wall-4k", (3840, 2160))):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(1_500)
        page.screenshot(path=HERE / f"{name}.png")


def signed_in_api(playwright: Playwright, base: str, who: str) -> APIRequestContext:
    door = playwright.request.new_context(base_url=base)
    token = door.post("/api/v1/sessions", data={"username": who, "password": "onedoor-demo"}).json()["token"]
    return playwright.request.new_context(base_url=base, extra_http_headers={"Authorization": f"Bearer {token}"})


def papers(playwright: Playwright, base: str) -> None:
    """The first page of a paper of each of these names, found over the API among the matters that lists show."""
    api = signed_in_api(playwright, base, "supervisor")
    wanted, cursor = dict(PAPERS), ""
    while wanted and cursor is not None:
        listed = api.get(f"/api/v1/cases?limit=200{f'&cursor={cursor}' if cursor else ''}").json()
        cursor = listed["next_cursor"]
        for case in listed["items"]:
            issued = api.get(f"/api/v1/cases/{case['number']}/papers").json()["items"]
            for name, title in list(wanted.items()):
                found = next((one for one in issued if one["kind"] == "paper" and one["name"] == title), None)
                if found:
                    sheet(api.get(found["pdf"]).body(), name)
                    del wanted[name]
    assert not wanted, f"no such paper in this county: {wanted}"


def report(page: Page, base: str) -> None:
    """Two pages of the newest report that was issued."""
    page.goto(f"{base}/desk/reports")
    row = page.locator("tr", has_text="已签发").first
    address = row.locator("a").first.get_attribute("href")
    pdf = page.request.get(f"{base}{address}/file.pdf").body()
    for name, number in (("report-first", 1), ("report-divisions", 5)):
        sheet(pdf, name, number)


def sheet(pdf: bytes, name: str, number: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "paper.pdf").write_bytes(pdf)
        Path(folder, "sheet.typ").write_text(SHEET.format(page=number))
        typst.compile(str(Path(folder, "sheet.typ")), output=str(HERE / f"{name}.png"), format="png", ppi=80)


def signed_in_at(browser: Browser, base: str, who: str, size: tuple[int, int], path: str) -> Page:
    page = signed_in(browser, base, who, size)
    page.goto(base + path)
    return page


if __name__ == "__main__":
    main(sys.argv[1])
