// What every staff page loads. Pages work before this does.
import "@tabler/core/dist/css/tabler.min.css";
import "./style.css";
import "./hall.css";
import "./mediation.css";
import htmx from "htmx.org";
import { finders } from "./finder";
import { hall } from "./hall";
import { keyboard } from "./keyboard";
import { livePage } from "./live";
import { registration } from "./register";
import { reveal } from "./reveal";
import { signing } from "./sign";
import { unreadCount } from "./unread";

// Nothing in our pages is evaluated from text, so a strict content security policy can stand.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;

// A field that only some outcomes ask for is shown for those alone, and sends nothing otherwise.
function conditional(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-when]").forEach((field) => {
    const [name, words] = (field.dataset.when ?? "").split(":");
    const source = field.closest("form")?.elements.namedItem(name ?? "");
    if (!(source instanceof HTMLSelectElement)) return;
    const follow = (): void => {
      const shown = (words ?? "").split(" ").includes(source.value);
      field.hidden = !shown;
      field.querySelectorAll<HTMLInputElement>("input, select, textarea").forEach((one) => (one.disabled = !shown));
    };
    source.addEventListener("change", follow);
    follow();
  });
}

// A form is sent once; the button says that it is under way.
function once(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    window.setTimeout(() => delete form.dataset.sent, 8000); // a slow network may need a second try; its key is the same
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
}

// The form of a move opens in the panel beside the case; without scripts it is a page of its own.
function panels(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-panel]");
    const panel = document.getElementById("panel");
    if (!link || !panel || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void htmx.ajax("get", link.href, { target: panel, swap: "innerHTML" }).then(() => {
      conditional(panel);
      panel.querySelector<HTMLElement>("select, textarea, input:not([type=hidden])")?.focus();
    });
  });
}

document.documentElement.classList.add("scripted");
conditional(document);
once();
panels();
keyboard();
livePage();
unreadCount();
finders();
registration();
hall();
signing();
reveal();
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-print]")) window.print();
  document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
});
