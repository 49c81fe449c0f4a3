"""The field app in a real browser: days without signal, a phone that dies, the answer that comes back."""

import hashlib
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from browser.field_kit import PIN, Phone, attachments, fetched, phone, photo, spot
from browser.kit import Site

__all__ = ["phone", "spot"]


def test_a_day_without_signal_and_a_phone_that_dies(phone: Phone, site: Site) -> None:
    phone.open()
    phone.look("sign-in")
    phone.sign_in()
    phone.has_shell()
    page = phone.page
    expect(page.get_by_role("link", name="去看看三组的路灯")).to_be_visible()
    phone.look("home")
    page.get_by_role("link", name="去看看三组的路灯").click()
    phone.look("task")

    phone.offline(True)
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.get_by_role("link", name="完成")).to_be_visible()
    made = [photo(1), photo(2, orientation=6), photo(3)]
    words = ["路灯三盏不亮", "水渠边护栏断了", "老街口垃圾满了"]
    for number, (said, shot) in enumerate(zip(words, made, strict=True)):
        phone.report(said, shot)
        if number == 0:
            phone.look("entries offline")
    phone.home()
    page.get_by_role("link", name="去看看三组的路灯").click()
    page.get_by_role("link", name="完成").click()
    page.get_by_label("完成情况").fill("换了两个灯泡，都亮了。")
    page.get_by_role("button", name="完成").click()
    expect(page.locator("#state")).to_contain_text("本机保存5条")
    kept = phone.files()
    assert len(kept) == 3

    phone.kill()
    phone.start(offline=True)
    page = phone.open()
    phone.unlock()
    found = phone.entries()
    assert [title for title, _ in found if title in words] == words[::-1]
    assert all(state == "本机保存" for _, state in found), found
    phone.look("entries again")
    assert phone.files() == kept

    assert not site.run(MADE)
    phone.offline(False)
    phone.shows("全部已收到", seconds=60)
    cases = [line.split("|") for line in site.run(MADE).splitlines()]
    assert sorted(text for text, _ in cases) == sorted(words), "each once"
    assert site.run(TASK) == "done 换了两个灯泡，都亮了。"
    for text, number in cases:
        (paper,) = attachments(site, "dispatcher", number)
        whole = fetched(site, "dispatcher", f"/cases/{number}/attachments/{paper['id']}")
        digest = hashlib.sha256(whole).hexdigest()
        assert [digest, len(whole)] in [one for files in kept.values() for one in files], text
        with Image.open(io.BytesIO(whole)) as picture:
            assert max(picture.size) == 1600 and len(whole) < 400 * 1024
            assert not picture.getexif(), "nothing but the picture"
            turned = text == words[1]
            assert picture.size == ((1200, 1600) if turned else (1600, 1200))
            red, green, _ = picture.convert("RGB").getpixel((picture.width // 4, picture.height // 2))  # type: ignore[misc]
            assert red > 180 and green < 90, "upright"

    number = dict(cases)[words[0]]
    answered = "供电所已换好三盏路灯，今晚就亮。"
    site.call("dispatcher_village", f"/cases/{number}/moves/accept", {})
    settled = {"outcome": "put_right", "answer": answered, "confirmed": True}
    site.call("dispatcher_village", f"/cases/{number}/moves/settle_on_spot", settled)
    page.get_by_role("button", name="现在更新").click()
    page.get_by_role("link", name=re.compile(words[0])).click()
    expect(page.get_by_text(answered)).to_be_visible()
    expect(page.get_by_text("已受理")).to_be_visible()
    phone.look("entry answered")
    page.get_by_role("link", name="补充情况、照片").click()
    page.get_by_label("补充的情况").fill("又看了一次，都亮。")
    phone.look("more")


MADE = """
from onedoor.cases.sql import rows
for row in rows("SELECT s.text, c.number FROM \\"case\\" c JOIN statement s ON s.case_id = c.id AND s.kind = 'narrative'"
                " WHERE c.channel = 'grid' AND s.text = ANY(%s)", [["路灯三盏不亮", "水渠边护栏断了", "老街口垃圾满了"]]):
    print(row["text"] + "|" + row["number"])
"""
TASK = """
from onedoor.cases.sql import rows
print(*rows("SELECT state, result FROM grid_fieldtask WHERE title = '去看看三组的路灯'")[0].values())
"""


def test_five_wrong_pins_wipe_but_what_was_not_sent_comes_back(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    phone.has_shell()
    page = phone.page
    phone.offline(True)
    phone.report("没发出去的一条", photo(5, size=(800, 600)))
    page.reload()
    for left in (4, 3, 2, 1):
        phone.unlock("998877")
        expect(page.get_by_text(f"PIN 码不对，还可以试{left}次。")).to_be_visible()
        if left == 3:  # ending the app gives no try back
            page.reload()
            expect(page.get_by_text("还可以试3次。")).to_be_visible()
    phone.look("pin")
    phone.unlock("998877")
    expect(page.get_by_text("没有发出去的还在")).to_be_visible()
    assert page.evaluate(THINGS) == ["device"], "wrapped key, token and what was cached are gone"
    page.reload()
    expect(page.get_by_role("button", name="登录")).to_be_visible()

    phone.offline(False)
    phone.sign_in(pin="604183")
    phone.becomes("没发出去的一条", "已收到", seconds=30)


THINGS = """async () => {
    const db = await new Promise(found => { const asked = indexedDB.open("onedoor-field"); asked.onsuccess = () => found(asked.result); });
    const keys = await new Promise(found => { const asked = db.transaction("things").objectStore("things").getAllKeys(); asked.onsuccess = () => found(asked.result); });
    db.close();
    return keys.filter(key => key !== "skew" && key !== "lease");
}"""


def test_nothing_on_the_phone_can_be_read_without_the_key(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    phone.offline(True)
    phone.report("这句话不能明着存")
    everything = phone.page.evaluate(EVERYTHING)
    assert "report" not in everything and "task" not in everything
    assert "这句话不能明着存" not in everything and "禾丰塘" not in everything
    assert site.token("grid_worker") not in everything and PIN not in everything


EVERYTHING = """async () => {
    const db = await new Promise(found => { const asked = indexedDB.open("onedoor-field"); asked.onsuccess = () => found(asked.result); });
    const read = new TextDecoder(); const all = [];
    const flat = value => { if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) all.push(read.decode(value));
        else if (value && typeof value === "object") Object.values(value).forEach(flat); else all.push(String(value)); };
    for (const name of db.objectStoreNames)
        flat(await new Promise(found => { const asked = db.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => found(asked.result); }));
    db.close();
    return all.join("\\n") + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage});
}"""


def test_what_was_refused_says_why_and_is_sent_anew(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    page = phone.page
    # the centre knows better than the phone: a sign that only the centre refuses
    page.get_by_role("link", name="上报", exact=True).click()
    expect(page.locator(".where")).to_contain_text("位置：")
    page.get_by_label("说几句").fill("有一个坏\x07字")
    page.get_by_role("button", name="发送").click()
    phone.shows("1条需要您处理")
    page.get_by_role("link", name=re.compile("需要您处理")).last.click()
    expect(page.get_by_text("中心没有收这一条")).to_be_visible()
    expect(page.get_by_text(re.compile("无法识别"))).to_be_visible()
    phone.look("refused")
    page.get_by_role("link", name="修改后再发").click()
    page.get_by_label("说几句").fill("有一个好字")
    page.get_by_role("button", name="发送").click()
    phone.becomes("有一个好字", "已收到")
    assert dict(phone.entries())["有一个坏\x07字"] == "未收，已改后另发"
    phone.shows("全部已收到")
    page.get_by_role("link", name=re.compile("未收")).click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删掉这一条").click()
    expect(page.get_by_role("heading", name="我的记录")).to_be_visible()
    assert "有一个坏\x07字" not in dict(phone.entries())


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_do_not_send_twice(phone: Phone, site: Site, locks: bool) -> None:
    if not locks:
        phone.where.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })")
    phone.open()
    phone.sign_in()
    phone.has_shell()
    phone.offline(True)
    other = phone.look_into(phone.where.new_page())
    other.goto(f"{site.base}/field")
    other.get_by_label("PIN 码").fill(PIN)
    for number in range(3):
        phone.report(f"两个页面都开着，第{number}条", photo(20 + number, size=(1200, 900)))
    expect(other.locator("#state")).to_contain_text("本机保存3条")
    sent: list[str] = []
    pieces: list[str] = []
    at_once: list[int] = [0, 0]
    for page in (phone.page, other):
        page.on("request", lambda request: _note(request, sent, pieces, at_once))
        page.on("requestfinished", lambda request: _ended(request, at_once))
        page.on("requestfailed", lambda request: _ended(request, at_once))
    phone.offline(False)
    phone.shows("全部已收到", seconds=40)
    expect(other.locator("#state")).to_contain_text("全部已收到")
    # once to bring it and once more when its photo is there
    assert sent and all(sent.count(one) <= 2 for one in sent), sent
    assert pieces and len(pieces) == len(set(pieces)), pieces
    assert at_once[1] == 1, "never two at a time"


def _is_ours(request: object) -> bool:
    return "/api/v1/sync" in request.url and request.method in ("POST", "PUT") and "/device" not in request.url  # type: ignore[attr-defined]


def _note(request, sent: list[str], pieces: list[str], at_once: list[int]) -> None:  # type: ignore[no-untyped-def]
    if not _is_ours(request):
        return
    at_once[0] += 1
    at_once[1] = max(at_once)
    if request.method == "PUT":
        pieces.append(request.url)
    else:
        sent.extend(one["id"] for one in request.post_data_json["entries"])


def _ended(request: object, at_once: list[int]) -> None:
    if _is_ours(request):
        at_once[0] -= 1


def test_a_closed_account_is_wiped(phone: Phone, site: Site) -> None:
    site.run(HIRE)
    phone.open()
    phone.sign_in("leaver")
    phone.offline(True)
    phone.report("离岗前没发出去")
    site.run(CLOSE)
    phone.offline(False)
    expect(phone.page.get_by_text("账号已停用")).to_be_visible()
    assert phone.page.evaluate(THINGS) == ["device"]
    # opened again, he finds what he had not sent
    site.run(CLOSE.replace("False", "True"))
    phone.sign_in("leaver")
    phone.becomes("离岗前没发出去", "已收到")


CLOSE = """
from onedoor.people.models import Account
Account.objects.filter(username="leaver").update(is_active=False)
"""
HIRE = """
from onedoor.people.demo_county import GRID, PASSWORD
from onedoor.people.models import Account, Division, Post, Unit
if not Account.objects.filter(username="leaver").exists():
    account = Account(username="leaver", name="将离岗"); account.set_password(PASSWORD); account.save()
    Post.objects.create(account=account, role="grid_worker", unit=Unit.objects.get(code="cun-hefengtang"),
                        division=Division.objects.get(code=GRID))
"""


def test_the_worker_of_another_name_sees_nothing_of_the_first(phone: Phone, site: Site) -> None:
    phone.open()
    phone.sign_in()
    phone.offline(True)
    phone.report("前一个人的一条")
    phone.page.reload()
    phone.offline(False)
    phone.open()
    phone.page.get_by_role("button", name="忘了 PIN 码，或换人使用").click()
    phone.sign_in("grid_lead")
    assert not [title for title, _ in phone.entries() if title == "前一个人的一条"]
    assert "前一个人" not in phone.page.inner_text("body")
    # and he who comes back finds it, and it goes out under his own name
    phone.page.get_by_role("navigation").get_by_role("link", name="我的").click()
    phone.page.once("dialog", lambda dialog: dialog.accept())
    phone.page.get_by_role("button", name="退出登录").click()
    phone.sign_in("grid_worker")
    phone.becomes("前一个人的一条", "已收到")
