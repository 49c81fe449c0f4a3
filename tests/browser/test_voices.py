"""A question from a phone without scripts to its answer at the desk, and a survey with its results, at real browsers."""

from playwright.sync_api import Browser, expect

from browser.kit import PHONE, Site, change_to, context, look_at, sign_in

SURVEY = "from voices.kit import answered, opened; made = opened(); answered(made, 6, text='话'); print(made)"


def test_a_question_from_a_phone_is_answered_at_the_desk(site: Site, browser: Browser) -> None:
    phone = context(browser, PHONE, java_script_enabled=False).new_page()
    phone.goto(f"{site.base}/ask")
    phone.get_by_label("哪一方面").select_option(label="邻里和物业")
    phone.get_by_label("您的问题").fill("楼上举报我装修，我该怎么办？")
    phone.get_by_role("button", name="提交问题").click()
    expect(phone.get_by_role("alert")).to_contain_text("拨打 110")
    phone.get_by_label("我只是咨询").check()
    phone.get_by_role("button", name="提交问题").click()
    phone.get_by_role("link", name="打开这个网址").click()
    expect(phone.locator(".badge")).to_have_text("待答复")
    desk = sign_in(context(browser), site, "clerk")
    desk.goto(f"{site.base}/desk/questions")
    desk.get_by_role("link", name="楼上举报我装修").click()
    look_at(desk, "question", also=PHONE)
    desk.get_by_label("答复内容").fill("先看管理规约，再请物业到场。")
    desk.get_by_label("已看过").check()
    desk.get_by_role("button", name="答复").click()
    expect(desk.get_by_role("status").first).to_contain_text("已答复")
    change_to(desk, site, "supervisor")
    desk.reload()
    look_at(desk, "question to publish", also=PHONE)
    page = context(browser).new_page()
    page.goto(phone.url)
    expect(page.locator("main")).to_contain_text("先看管理规约")
    look_at(page, "question answered", also=PHONE)


def test_a_survey_and_its_results_have_no_serious_fault(site: Site, browser: Browser) -> None:
    survey = site.run(SURVEY)
    page = context(browser).new_page()
    page.goto(f"{site.base}/survey/{survey}")
    look_at(page, "survey", also=PHONE)
    page.get_by_label("甲").check()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_contain_text("谢谢")
    change_to(page, site, "director")
    for path in (f"surveys/{survey}", f"surveys/{survey}/results"):
        page.goto(f"{site.base}/desk/{path}")
        look_at(page, path.replace(survey, "one"), also=PHONE)
    page.goto(f"{site.base}/desk/surveys/{survey}")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview")).to_be_visible()
    look_at(page, "survey preview", also=PHONE)
