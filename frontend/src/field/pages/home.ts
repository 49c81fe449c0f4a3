// What a worker sees first: one big button, his tasks, today's rounds, whom to ring.

import * as box from "../box";
import { button, dayName, dayOf, h, link, note, when } from "../dom";
import * as engine from "../engine";
import type { Down, Place, Ring, Task } from "../session";
import { session } from "../session";

export async function homePage(): Promise<HTMLElement> {
  const open = session()!;
  const done = await box.done();
  const { down } = open;
  const kinds = new Set(down?.me.kinds ?? ["report"]);
  const place = down ? `${down.grid.name}　${down.me.role_name}` : "";
  return h(
    "div",
    {},
    h("p", { class: "who" }, `${open.name}　${place}`),
    open.access ? null : h("p", { class: "note warn" }, "登录已到期，内容先存在手机上。", link("sign-in", "link", "重新登录")),
    link("new/report", "report", "上报"),
    down ? null : note("还没有取到任务和网格。有信号时会自动取下来。"),
    down ? tasks(down, done) : null,
    down && kinds.has("inspect") ? rounds(down, done) : null,
    down && kinds.has("care_visit") ? care(down) : null,
    h(
      "div",
      { class: "pair" },
      kinds.has("visit") && link("new/visit", "small", "入户走访"),
      kinds.has("opinion") && link("new/opinion", "small", "社情民意"),
    ),
    calls(down),
  );
}

export function isDue(day: string | null): boolean {
  return day !== null && day <= dayOf(Date.now());
}

function asDone(task: Task, done: box.Done): Task {
  return { ...task, state: box.stateOf(task, done) };
}

function tasks(down: Down, done: box.Done): HTMLElement {
  const running = down.tasks.map((one) => asDone(one, done)).filter((one) => one.state !== "done");
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "我的任务"),
    running.length ? h("ul", { class: "list" }, ...running.slice(0, 3).map(taskLine)) : h("p", { class: "soft" }, "现在没有任务。"),
    running.length > 3 ? link("tasks", "link", `全部${running.length}项`) : null,
  );
}

export function taskLine(task: Task): HTMLElement {
  const late = task.state !== "done" && task.due_on !== null && task.due_on < dayOf(Date.now());
  const state = task.state === "open" ? "待签收" : task.state === "signed" ? "已签收" : "已完成";
  return h(
    "li",
    {},
    link(`task/${task.id}`, "line", h("b", {}, task.title), h("span", { class: late ? "tag red" : "tag" }, late ? "已超期" : state), task.due_on ? h("span", { class: "soft" }, `${dayName(task.due_on)}前`) : null),
  );
}

function rounds(down: Down, done: box.Done): HTMLElement {
  const due = down.places.filter((one) => isDue(one.next_on) && !done.places.has(one.id));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "今天的巡查"),
    due.length
      ? h("ul", { class: "list" }, ...due.slice(0, 3).map((one) => h("li", {}, link(`new/inspect/${one.id}`, "line", h("b", {}, one.name), h("span", { class: "soft" }, one.address || one.kind_name)))))
      : h("p", { class: "soft" }, "今天没有要巡查的。"),
    down.places.length ? link("rounds", "link", due.length > 3 ? `要巡查的共${due.length}处，全部场所` : "全部场所") : null,
  );
}

function care(down: Down): HTMLElement | null {
  if (!down.care.length) return null;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "看望"),
    h("ul", { class: "list" }, ...down.care.map((one) => h("li", {}, link(`care/${one.id}`, "line", h("b", {}, one.name), one.next_on ? h("span", { class: isDue(one.next_on) ? "tag red" : "soft" }, isDue(one.next_on) ? "该去看望了" : dayName(one.next_on)) : null)))),
  );
}

function calls(down: Down | null): HTMLElement | null {
  if (!down) return null;
  const { lead, centre, police, legal } = down.contacts;
  const others = [...police.map((one) => ["民警", one] as const), ...legal.map((one) => ["法律顾问", one] as const)];
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "打电话"),
    h("div", { class: "pair" }, ring("网格长", lead), ring("中心", centre)),
    others.length ? h("details", {}, h("summary", {}, "民警、法律顾问"), ...others.map(([what, one]) => ring(what, one))) : null,
  );
}

function ring(what: string, one: Ring | null): HTMLElement | null {
  if (!one?.phone) return null;
  const digits = one.phone.replace(/[^\d+*#,]/g, "");
  return h("a", { class: "small call", href: `tel:${digits}` }, `${what} ${one.name}`, h("span", { class: "soft" }, one.phone));
}

export async function tasksPage(): Promise<HTMLElement> {
  const done = await box.done();
  const all = (session()!.down?.tasks ?? []).map((one) => asDone(one, done));
  return h("div", {}, h("h1", {}, "我的任务"), all.length ? h("ul", { class: "list card" }, ...all.map(taskLine)) : note("现在没有任务。"), refresh());
}

export async function roundsPage(): Promise<HTMLElement> {
  const done = await box.done();
  const all = session()!.down?.places ?? [];
  const soon = (one: Place): string => {
    if (done.places.has(one.id)) return "今天已巡查";
    return one.next_on ? (isDue(one.next_on) ? "该巡查了" : dayName(one.next_on)) : one.kind_name;
  };
  const line = (one: Place): HTMLElement =>
    h("li", {}, link(`new/inspect/${one.id}`, "line", h("b", {}, one.name), h("span", { class: isDue(one.next_on) && !done.places.has(one.id) ? "tag red" : "soft" }, soon(one)), h("span", { class: "soft" }, one.address)));
  return h("div", {}, h("h1", {}, "全部场所"), all.length ? h("ul", { class: "list card" }, ...all.map(line)) : note("您的网格还没有登记场所。"), refresh());
}

export function carePage(id: string): HTMLElement {
  const plan = session()!.down?.care.find((one) => one.id === id);
  if (!plan) return note("这份帮扶计划已经不在您名下。");
  return h(
    "div",
    {},
    h("h1", {}, `看望 ${plan.name}`),
    h("dl", { class: "card" }, h("dt", {}, "地址"), h("dd", {}, plan.address), h("dt", {}, "目的"), h("dd", {}, plan.purpose), h("dt", {}, "帮扶内容"), h("dd", {}, plan.help || "—"), h("dt", {}, "到哪天为止"), h("dd", {}, dayName(plan.ends_on))),
    plan.phone ? h("a", { class: "small call", href: `tel:${plan.phone.replace(/[^\d+]/g, "")}` }, "打电话", h("span", { class: "soft" }, plan.phone)) : null,
    link(`new/care_visit/${id}`, "main", "记一次看望"),
  );
}

export function refresh(): HTMLElement {
  return h("p", { class: "soft" }, engine.status.downAt ? `${when(engine.status.downAt)}更新　` : "", button("现在更新", "link", () => engine.refresh()));
}
