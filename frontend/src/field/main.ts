// The field app: which page is shown, when it locks, when it sends.

import * as box from "./box";
import { link, note } from "./dom";
import * as engine from "./engine";
import { entriesPage, entryPage, statesOf, taskPage } from "./pages/entries";
import { formPage } from "./pages/form";
import { carePage, homePage, roundsPage, tasksPage } from "./pages/home";
import { mapPage } from "./pages/map";
import { keptPage, mePage } from "./pages/me";
import { choosePinPage, pinPage, signInPage } from "./pages/sign_in";
import { awaitsPin, lock, session } from "./session";
import * as store from "./store";
import * as sync from "./sync";
import { canEncrypt } from "./vault";
import "./field.css";

// In the background for longer than this, it is locked. A photo takes less.
const LOCKS_AFTER = 5 * 60_000;
const main = document.querySelector("main")!;
const line = document.querySelector<HTMLElement>("#state")!;
const bar = document.querySelector<HTMLElement>("nav")!;
// pages that show what may change behind them; a form stays as it is
const LIVE = new Set(["home", "tasks", "task", "rounds", "entries", "entry"]);
const TABS = [["home", "首页"], ["entries", "记录"], ["map", "网格图"], ["me", "我的"]] as const;

let why = "";
let wantsSignIn = false;
let install: (() => void) | null = null;
let drawing = 0;

function route(): { name: string; rest: string; from: string } {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name = "", ...rest] = path.split("/");
  return { name: name || "home", rest: rest.join("/"), from: new URLSearchParams(query).get("from") ?? "" };
}

async function page(): Promise<HTMLElement> {
  const { name, rest, from } = route();
  if (awaitsPin()) return choosePinPage(opened);
  if (wantsSignIn) return signInPage(why, false, signedIn);
  if (!session()) return (await store.thing<store.Lock>("lock")) ? pinPage(opened, signInAgain) : signInPage(why, false, signedIn);
  switch (name) {
    case "new":
      return formPage(rest, from);
    case "tasks":
      return tasksPage();
    case "task":
      return taskPage(rest);
    case "rounds":
      return roundsPage();
    case "care":
      return carePage(rest);
    case "entries":
      return entriesPage();
    case "entry":
      return entryPage(rest);
    case "map":
      return mapPage();
    case "kept":
      return keptPage();
    case "sign-in":
      return signInPage("", true, signedIn);
    case "new-pin":
      return signInPage("先用密码登录一次，再设新的 PIN 码。", false, signedIn);
    case "me":
      return mePage(shut, install);
    default:
      return homePage();
  }
}

async function draw(moved: boolean): Promise<void> {
  const turn = ++drawing;
  const focused = main.contains(document.activeElement) ? document.activeElement?.textContent : null;
  let node: HTMLElement;
  try {
    node = await page();
  } catch (error) {
    console.error(error);
    node = note("这一页没有打开。请关掉应用再打开；手机上的内容都还在。", "note warn");
  }
  if (turn !== drawing) return;
  const open = !!session() && !awaitsPin() && !wantsSignIn;
  main.replaceChildren(node);
  bar.hidden = !open;
  line.hidden = !open;
  const { name } = route();
  bar.replaceChildren(...TABS.map(([to, label]) => {
    const tab = link(to, "", label);
    if (to === name) tab.setAttribute("aria-current", "page");
    return tab;
  }));
  if (moved) {
    scrollTo(0, 0);
    const first = node.querySelector<HTMLElement>("input:not([type=file]):not([hidden])");
    if (!open) first?.focus();
    else {
      const heading = node.querySelector<HTMLElement>("h1") ?? main;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  } else if (focused) {
    // the page was drawn anew under the finger: the same button keeps the focus
    [...main.querySelectorAll<HTMLElement>("a, button")].find((one) => one.textContent === focused)?.focus({ preventScroll: true });
  }
  if (open) await tell();
}

async function tell(): Promise<void> {
  if (!session()) return;
  const counts = sync.count(statesOf(await box.items()));
  const said = engine.status.trouble || sync.summary(counts, engine.status.busy, navigator.onLine);
  line.className = counts.needsYou || engine.status.trouble ? "state red" : counts.unsent || counts.waiting ? "state blue" : "state green";
  const shown = link("entries", "", said);
  if (line.textContent !== said) line.replaceChildren(shown);
}

let soon = 0;
function changed(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => {
    if (!session()) return;
    if (LIVE.has(route().name) && !wantsSignIn && !awaitsPin()) void draw(false);
    else void tell();
  }, 80);
}

function opened(): void {
  why = "";
  wantsSignIn = false;
  if (["sign-in", "new-pin"].includes(route().name)) location.replace("#/home");
  void navigator.storage?.persist?.().catch(() => false);
  void draw(true);
  engine.refresh();
}

function signedIn(): void {
  // whoever has asked for it chooses a PIN anew; whose sign-in had only ended goes on with his own
  if (awaitsPin()) void draw(true);
  else opened();
}

function signInAgain(reason: string): void {
  why = reason;
  wantsSignIn = true;
  void draw(true);
}

function shut(): void {
  lock();
  void draw(true);
}

function watchTheClock(): void {
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (session() && hiddenAt && Date.now() - hiddenAt > LOCKS_AFTER) shut();
  });
  setInterval(() => {
    if (document.hidden && session() && hiddenAt && Date.now() - hiddenAt > LOCKS_AFTER) shut();
  }, 30_000);
}

async function begin(): Promise<void> {
  if (!canEncrypt() || !("indexedDB" in window)) {
    main.replaceChildren(note("这里不能使用网格应用：手机上的内容要加密保存，只有用 https 打开才可以。请让管理员给您 https 开头的网址，用手机自带浏览器或 Chrome 打开。", "note warn"));
    return;
  }
  addEventListener("hashchange", () => {
    if (session()) wantsSignIn = false;
    void draw(true);
  });
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install = () => void (event as Event & { prompt(): Promise<void> }).prompt();
  });
  box.watch(changed);
  watchTheClock();
  engine.start((reason) => signInAgain(reason));
  await draw(true);
  performance.mark("shown"); // from here on it can be used: a browser test reads when
  if ("serviceWorker" in navigator)
    await navigator.serviceWorker.register("/field/sw.js", { scope: "/field" }).catch(() => undefined);
}

void begin();
