"""A resident's telephone: axe on every page, in elder mode too, and what each page weighs on the wire."""

from playwright.sync_api import Browser, Page

from browser.kit import AXE, PHONE, SERIOUS, Site, context

MOST_BYTES = 60 * 1024
# What a server sends unasked at first (RFC 6928: ten segments). The page is one such answer, its style sheet, which a
# browser asks for once and then keeps, another: nothing else is needed to read.
ONE_ROUND_TRIP = 10 * 1460


class Phone:
    """A browser at phone size; a file that it has already weighs what it weighed when it came, as for a newcomer."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site = site
        self.where = context(browser, PHONE)
        self.where.add_init_script(path=AXE)
        self.page: Page = self.where.new_page()
        self.weights: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self.page.on("request", lambda request: self._begin(request))
        self.page.on("requestfinished", lambda request: self._weigh(request))

    def go(self, path: str) -> Page:
        self.page.goto(self.site.base + path)
        return self.page

    def look(self, name: str, *, one_round_trip: bool = True) -> None:
        """The page as it is now: light, no wider than the screen, no serious fault; the same in elder mode."""
        self.page.wait_for_load_state("networkidle")
        assert sum(self.weights.values()) <= MOST_BYTES, f"{name}: {self.weights}"
        document = sum(size for what, size in self.weights.items() if what.startswith("document"))
        sheet = sum(size for what, size in self.weights.items() if what.startswith("stylesheet"))
        assert document and 0 < sheet <= ONE_ROUND_TRIP, f"{name}: {self.weights}"
        if one_round_trip:
            assert document <= ONE_ROUND_TRIP, f"{name}: {document} bytes"
        for mode in ("", "elder"):
            # what elder mode does, without asking for the page again: a form's answer cannot be asked for twice
            self.page.evaluate("mode => { document.documentElement.className = 'scripted ' + mode; }", mode)
            faults = self.page.evaluate(SERIOUS)
            assert not faults, f"{name} {mode}: {faults}"
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name} {mode}: {wider} px wider than the screen"

    def _begin(self, request) -> None:  # type: ignore[no-untyped-def]
        if request.is_navigation_request():
            self.weights.clear()

    def _weigh(self, request) -> None:  # type: ignore[no-untyped-def]
        sizes = request.sizes()
        size, url = sizes["responseBodySize"] + sizes["responseHeadersSize"], request.url
        self.known[url] = max(size, self.known.get(url, 0))
        self.weights[request.resource_type + url] = size if request.is_navigation_request() else self.known[url]
