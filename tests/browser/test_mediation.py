"""A wage dispute of three workers at real screens: from their application to a signed agreement in three instalments; one
that was late, urged, paid, called back about and filed; and one that fails and goes back to the court."""

import io
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from browser.kit import PHONE, Site, change_to, context, look_at, sign_in

MEDIATOR = "mediator2"
WORKERS, EMPLOYER = ("工友甲", "工友乙", "工友丙"), "澜平县同心建筑有限公司"
MATTER = {
    "category": "dispute.labour.other",
    "narrative": "工地停工后三个月工资未付，共六万元。",
    "parties": [
        *({"part": "applicant", "kind": "person", "name": name, "phone": "13812345678"} for name in WORKERS),
        {"part": "respondent", "kind": "organisation", "name": EMPLOYER},
    ],
}
TO_COMMITTEE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("clerk", "accept", {}),
    ("dispatcher", "dispatch", {"unit": "tw-laodong"}),
    (MEDIATOR, "sign", {}),
)


def done(page: Page, what: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(what)


def confirm(page: Page, label: str) -> None:
    page.get_by_role("button", name=f"确认{label}").click()
    done(page, label)


def begin(page: Page, site: Site, number: str) -> None:
    """From the case to a mediation that has been opened."""
    page.goto(f"{site.base}/desk/cases/{number}")
    page.get_by_role("link", name="调解", exact=True).last.click()
    page.get_by_role("link", name="启动调解").click()
    page.get_by_label("调解种类").select_option(label="人民调解")
    page.get_by_label("调解员声明").check()


def ask(page: Page, name: str, *, agrees: bool = True) -> None:
    page.get_by_role("link", name="记录意愿").click()
    page.get_by_label("当事人", exact=False).first.select_option(label=name)
    page.get_by_label("对什么").select_option(label="同意调解")
    page.get_by_label("同意" if agrees else "不同意", exact=True).check()
    page.get_by_label("怎样表示的").select_option(label="口头（记录）")
    confirm(page, "记录当事人意愿")


def meet(page: Page, text: str) -> None:
    """A session that is arranged for later and was in fact held at once."""
    page.get_by_role("link", name="安排调解会").click()
    page.get_by_label("类型").select_option(label="共同调解（面对面）")
    page.get_by_label("其他地点").fill("工地项目部")
    page.evaluate(
        """() => {
            const text = (hours) => new Date(Date.now() + (hours + 8) * 3600e3).toISOString().slice(0, 16);
            document.querySelector("#f-starts_at").value = text(1);
            document.querySelector("#f-ends_at").value = text(2);
        }"""
    )
    confirm(page, "安排调解会")
    page.get_by_role("link", name="记录", exact=True).click()
    page.evaluate(
        """() => {
            const text = (hours) => new Date(Date.now() + (hours + 8) * 3600e3).toISOString().slice(0, 16);
            document.querySelector("#f-began_at").value = text(-2);
            document.querySelector("#f-ended_at").value = text(-1);
        }"""
    )
    for name in (*WORKERS, EMPLOYER):
        page.get_by_label(name, exact=True).check()
    page.get_by_label("已告知当事人的权利和义务").check()
    page.get_by_label("笔录必填").fill(text)
    page.get_by_label("笔录已向到场的当事人宣读").check()
    look_at(page, "mediation-record", also=PHONE)
    confirm(page, "记录调解会")


def draw(page: Page) -> None:
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 40 * step, box["y"] + 60 + 50 * (step % 2))
    page.mouse.up()


def test_three_workers_and_their_employer_agree_on_three_instalments(site: Site, browser: Browser) -> None:
    number = site.walked(*TO_COMMITTEE, **MATTER)
    page = sign_in(context(browser), site, MEDIATOR)
    begin(page, site, number)
    page.get_by_label("来源").select_option(label="依申请")
    page.get_by_label("何劳和").check()
    page.get_by_label("当事人选定").check()
    look_at(page, "mediation-open", also=PHONE)
    confirm(page, "启动调解")
    for name in (*WORKERS, EMPLOYER):
        ask(page, name)
    expect(page.locator("h2").first).to_contain_text("调解中")
    meet(page, "双方核对工时和工资表，愿意分期支付。")
    page.get_by_role("link", name="拟定书面协议").click()
    page.get_by_label("纠纷的主要事实").fill("三名工人工资六万元未付。")
    page.get_by_label("争议事项").fill("数额和支付日期。")
    page.get_by_label("协议内容").fill("公司分三期付清。")
    page.get_by_text("平均分期").click()
    page.get_by_label("总金额（元）").fill("60000")
    page.get_by_label("期数").fill("3")
    page.get_by_label("首期日期").fill("2027-01-31")
    page.get_by_label("谁付").select_option(label=EMPLOYER)
    page.get_by_label("付给谁").select_option(label=WORKERS[0])
    page.get_by_role("button", name="按月生成各期").click()
    expect(page.get_by_label("期限").nth(1)).to_have_value("2027-02-28")
    look_at(page, "agreement-draft", also=PHONE)
    page.get_by_role("button", name="定稿，去签署").click()
    done(page, "协议文本已定稿")
    look_at(page, "agreement-sign", also=PHONE)
    for signer in (*WORKERS, EMPLOYER, "调解员 何劳和"):
        page.get_by_label("签署人").select_option(label=signer)
        page.get_by_label("屏幕手写签名").check()
        draw(page)
        page.get_by_role("button", name="确认签署").click()
        done(page, "签署已记录")
    expect(page.locator(".signatures img")).to_have_count(5)
    page.get_by_role("button", name="盖章生效").click()
    done(page, "协议已生效")
    look_at(page, "mediation-agreed", also=PHONE)
    page.goto(f"{site.base}/desk/mediation")
    look_at(page, "mediation-mine", also=PHONE)


LATE = """
from datetime import date, datetime, timedelta, UTC
from mediation.kit import *
from cases.kit import NOW
number = wage_case()
mediation = opened(number)
held(number, booked(number, mediation))
agreement = drafted(number, mediation)
sign_all(number, agreement)
agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
print(number)
"""


def test_a_late_instalment_is_urged_paid_called_back_about_and_filed(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    number = site.run(LATE)  # agreed in March; all three instalments are long due
    page = sign_in(context(browser), site, MEDIATOR)
    page.goto(f"{site.base}/desk/mediation")
    expect(page.get_by_text("过期未履行").first).to_be_visible()
    page.goto(f"{site.base}/desk/cases/{number}/mediation/")
    page.get_by_role("link", name="催促").first.click()
    page.get_by_label("怎样催促").fill("电话催促，公司答应今天付清。")
    confirm(page, "催促履行")
    look_at(page, "instalment-late", also=PHONE)
    for _ in range(3):
        page.get_by_role("link", name="登记履行").first.click()
        page.get_by_label("本次给付金额").fill("20000")
        page.get_by_label("凭据").fill("银行转账凭证")
        confirm(page, "登记履行")
    expect(page.get_by_text("已履行", exact=True)).to_have_count(3)
    for form, given in (
        ("acceptance_register", {}), ("rights_notice", {}), ("mediation_record", {}), ("agreement", {}),
        ("performance_receipt", {}), ("follow_up_record", {"满意度": "满意"}), ("closing_report", {}),
        ("file_cover", {"保管期限": "长期（待核）"}),
    ):  # fmt: skip
        page.goto(f"{site.base}/desk/cases/{number}/papers/new/{form}")
        for label, value in given.items():
            field = page.get_by_label(label)
            field.select_option(label=value) if form == "file_cover" else field.fill(value)
        page.get_by_role("button", name="预览").click()
        look_at(page, f"paper-{form}", also=PHONE)
        page.get_by_role("button", name="制作").click()
        done(page, "已制作")
    page.goto(f"{site.base}/desk/cases/{number}/papers")
    expect(page.locator(".forms").first).to_contain_text("身份证明")
    page.goto(f"{site.base}/desk/cases/{number}")
    identity = tmp_path / "身份证明.txt"
    identity.write_text("证件号码已核对", "utf-8")
    page.locator("#file").set_input_files(identity)
    page.get_by_role("button", name="上传").click()
    done(page, "附件已上传")
    page.get_by_role("link", name="办结").first.click()
    page.get_by_label("办理结果").select_option(label="达成书面协议")
    page.get_by_label("答复意见").fill("已达成书面协议并履行完毕。")
    page.get_by_role("button", name="确认办结").click()
    done(page, "办结")
    for who, move, body in (
        ("supervisor", "close", {}),
        ("clerk", "follow_up", {"satisfied": True, "text": "钱都收到了。"}),
        ("clerk", "archive", {}),
    ):
        site.call(who, f"/cases/{number}/moves/{move}", body)
    page.goto(f"{site.base}/desk/cases/{number}/papers")
    look_at(page, "papers", also=PHONE)
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载调解卷宗").click()
    file = PdfReader(io.BytesIO(Path(coming.value.path()).read_bytes()))
    words = ["".join(one.extract_text().split()) for one in file.pages]
    assert "人民调解卷宗" in words[0] and "卷内目录" in words[1]
    assert any("履行凭证" in one and "贰万元整" in one for one in words)
    assert any("回访记录" in one for one in words)


def test_a_refusal_ends_it_with_the_ways_told_and_the_materials_returned(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    number = site.walked(*TO_COMMITTEE, **MATTER | {"track": "court_delegated"})
    page = sign_in(context(browser), site, MEDIATOR)
    begin(page, site, number)
    page.get_by_label("来源").select_option(label="法院委派（立案前）")
    page.get_by_label("委派、委托或者移送的机关").fill("澜平县人民法院")
    page.get_by_label("该机关的案号").fill("（2026）引调9号")
    page.get_by_label("何劳和").check()
    page.get_by_label("调解组织指定").check()
    confirm(page, "启动调解")
    page.get_by_role("link", name="签收材料").click()
    confirm(page, "签收调解材料")
    ask(page, WORKERS[0])
    ask(page, EMPLOYER, agrees=False)
    page.get_by_role("link", name="终止调解").click()
    page.get_by_label("终止的原因").select_option(label="一方明确拒绝调解")
    page.get_by_label("依法申请仲裁").check()
    page.get_by_label("终止的情况").fill("公司明确拒绝调解。")
    look_at(page, "mediation-end", also=PHONE)
    confirm(page, "终止调解")
    page.get_by_role("link", name="退回材料").click()
    confirm(page, "退回调解材料")
    expect(page.get_by_text("依法申请仲裁").first).to_be_visible()
    for form in ("mediation_application", "rights_notice", "service_address", "court_letter", "termination_letter"):
        page.goto(f"{site.base}/desk/cases/{number}/papers/new/{form}")
        page.get_by_role("button", name="制作").click()
        done(page, "已制作")
    letter = page.locator(".paper").inner_text()
    assert "依法申请仲裁" in letter and re.search(r"终〔\d{4}〕\d+号", letter)
    page.goto(f"{site.base}/desk/cases/{number}")
    sheet = tmp_path / "证件.txt"
    sheet.write_text("证件号码已核对", "utf-8")
    page.locator("#file").set_input_files(sheet)
    page.get_by_label("用途").select_option(label="身份证明")
    page.get_by_role("button", name="上传").click()
    done(page, "附件已上传")
    page.goto(f"{site.base}/desk/cases/{number}/papers")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载立案材料").click()
    bundle = PdfReader(io.BytesIO(Path(coming.value.path()).read_bytes()))
    words = ["".join(one.extract_text().split()) for one in bundle.pages]
    assert "立案材料目录" in words[0] and "移送函" in words[1] and "（2026）引调9号" in words[1]
    assert any("送达地址确认书" in one for one in words[1:])
    change_to(page, site, "clerk")
    page.goto(f"{site.base}/desk/cases/{number}")
    expect(page.get_by_text("（2026）引调9号").first).to_be_visible()
    expect(page.get_by_text("法院立案", exact=False).first).to_be_visible()
