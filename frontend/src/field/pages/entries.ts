// Everything that was put down on this phone, and how far it has come.

import * as box from "../box";
import { button, dayName, go, h, link, note, when } from "../dom";
import * as engine from "../engine";
import { formOf } from "../kinds";
import { type Mine, session } from "../session";
import * as store from "../store";
import * as sync from "../sync";
import * as vault from "../vault";
import { preview } from "./form";
import { refresh } from "./home";

export const KINDS: Record<string, string> = {
  report: "上报",
  more: "补充",
  task_sign: "签收任务",
  task_done: "完成任务",
  inspect: "巡查",
  visit: "入户走访",
  care_visit: "看望",
  opinion: "社情民意",
};

/** Whether a refused entry was put right and sent as a new one. */
function isReplaced(one: box.Item, all: readonly box.Item[]): boolean {
  return all.some((other) => other.form.from === one.id && other.progress.state !== "draft");
}

export function statesOf(all: readonly box.Item[]): sync.State[] {
  return all.filter((one) => one.progress.state !== "refused" || !isReplaced(one, all)).map((one) => one.progress.state);
}

function stateOf(one: box.Item, all: readonly box.Item[]): [string, string] {
  const { state, number, detail } = one.progress;
  const part = engine.status.sending.get(one.id);
  if (part !== undefined) return ["正在发送" + (part ? ` ${part}%` : ""), "blue"];
  switch (state) {
    case "draft":
      return ["没写完", ""];
    case "kept":
      return [detail ? `本机保存：${detail}` : "本机保存", ""];
    case "received":
      return [`已收到${number ? ` ${number}` : ""}`, "green"];
    case "settled":
      return [`已处理${number ? ` ${number}` : ""}`, "green"];
    case "waiting":
      return [detail || "中心在等文件或其他内容", "blue"];
    case "asks":
      return ["已存下，等网格长决定", "blue"];
    case "refused":
      return isReplaced(one, all) ? ["未收，已改后另发", ""] : ["需要您处理", "red"];
  }
}

export async function entriesPage(): Promise<HTMLElement> {
  const here = await box.items();
  const ids = new Set(here.map((one) => one.id));
  const others = (session()?.down?.mine ?? []).filter((one) => !ids.has(one.id));
  return h(
    "div",
    {},
    h("h1", {}, "我的记录"),
    button("现在发送", "small", () => engine.now()),
    here.length || others.length ? null : note("还没有记录。"),
    h(
      "ul",
      { class: "list card" },
      ...here.map((one) => line(one, here)),
      ...others.map((one) =>
        h("li", {}, link(`entry/${one.id}`, "line", h("b", {}, one.kind_name), h("span", { class: one.number ? "tag green" : "tag" }, `${one.state === "received" ? "已收到" : one.detail || "已存下"} ${one.number}`.trim()), h("span", { class: "soft" }, `${when(one.made_at ?? one.received_at)}　${one.stage_name}${one.answer ? "　有答复" : ""}`))),
      ),
    ),
    refresh(),
  );
}

function line(one: box.Item, all: readonly box.Item[]): HTMLElement {
  const [label, colour] = stateOf(one, all);
  const to = one.progress.state === "draft" && one.form.key ? `new/${one.form.key as string}${one.form.from ? `?from=${one.form.from as string}` : ""}` : `entry/${one.id}`;
  const mine = session()?.down?.mine.find((other) => other.id === one.id);
  return h(
    "li",
    { "data-state": one.progress.state },
    link(to, "line", h("b", {}, one.title), h("span", { class: `tag ${colour}` }, label), h("span", { class: "soft" }, `${when(one.at)}${mine?.stage_name ? `　${mine.stage_name}` : ""}${mine?.answer ? "　有答复" : ""}`)),
  );
}

export async function entryPage(id: string): Promise<HTMLElement> {
  const all = await box.items();
  const one = all.find((item) => item.id === id);
  const mine = session()?.down?.mine.find((other) => other.id === id);
  if (!one) return mine ? elsewhere(mine) : note("没有这一条。");
  const [label, colour] = stateOf(one, all);
  const { entry, progress } = one;
  const words = typeof entry.content.text === "string" ? entry.content.text : "";
  const files = await Promise.all(entry.files.map(async (ref) => h("li", {}, preview(ref, await box.bytesOf(id, ref.sha256)))));
  return h(
    "div",
    {},
    h("h1", {}, KINDS[entry.kind] ?? mine?.kind_name ?? "记录"),
    h("p", {}, h("span", { class: `tag ${colour}` }, label)),
    progress.state === "refused" ? refusal(one, all) : progress.detail && progress.state !== "waiting" ? note(progress.detail) : null,
    mine ? way(mine) : null,
    h(
      "section",
      { class: "card" },
      h("h2", {}, "内容"),
      h("p", { class: "soft" }, `${when(one.at)}${entry.lon !== null ? "　有位置" : ""}`),
      h("p", { class: "words" }, words || one.title),
      files.length ? h("ul", { class: "gallery" }, ...files) : null,
    ),
    progress.number && ["report", "inspect", "more"].includes(entry.kind) ? link(`new/more/${id}`, "small", "补充情况、照片") : null,
  );
}

/** Sent from another phone, or from this one before it was wiped: what the centre tells of it. */
function elsewhere(mine: Mine): HTMLElement {
  const said = mine.detail || (mine.state === "refused" ? "未收" : "已收到");
  return h(
    "div",
    {},
    h("h1", {}, mine.kind_name),
    h("p", {}, h("span", { class: "tag" }, said), h("span", { class: "soft" }, `　${when(mine.made_at ?? mine.received_at)}`)),
    way(mine),
    h("p", { class: "soft" }, "内容不在这部手机上。"),
    mine.number && ["report", "inspect", "more"].includes(mine.kind) ? link(`new/more/${mine.id}`, "small", "补充情况、照片") : null,
  );
}

function refusal(one: box.Item, all: readonly box.Item[]): HTMLElement {
  const { detail, fields } = one.progress;
  const others = Object.values(fields).filter((sentence) => sentence !== detail);
  const discard = async (): Promise<void> => {
    if (!confirm("删掉这一条？删了就找不回来了。")) return;
    await box.discard(one.id);
    go("entries");
  };
  const key = one.form.key as string | undefined;
  const mayEdit = key && formOf(key, session()?.down ?? null) && !isReplaced(one, all);
  return h(
    "section",
    { class: "card red" },
    h("h2", {}, "中心没有收这一条"),
    h("p", {}, detail || "没有说明原因，请打电话问中心。"),
    ...others.map((sentence) => h("p", {}, sentence)),
    h("div", { class: "pair" }, mayEdit ? link(`new/${key}?from=${one.id}`, "main", "修改后再发") : null, button("删掉这一条", "small", discard)),
  );
}

/** The way of the matter, as the centre tells it. */
function way(mine: Mine): HTMLElement | null {
  if (!mine.number) return null;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, `${mine.number}　${mine.stage_name}`),
    mine.answer ? h("div", { class: "answer" }, h("h3", {}, "答复"), h("p", { class: "words" }, mine.answer)) : null,
    mine.steps.length ? h("ol", { class: "way" }, ...mine.steps.map((step) => h("li", {}, step.what, h("span", { class: "soft" }, when(step.at))))) : null,
  );
}

// a task: read it, sign for it, end it

export async function taskPage(id: string): Promise<HTMLElement> {
  const task = session()?.down?.tasks.find((one) => one.id === id);
  if (!task) return note("这项任务已经不在您的列表里。");
  const about = (await box.items()).filter((one) => one.entry.content.task === id && one.progress.state !== "refused" && one.progress.state !== "draft");
  const state = box.stateOf(task, await box.done());
  const signed = state !== "open";
  const done = state === "done";
  const sign = async (): Promise<void> => {
    const id_ = vault.uuid();
    const entry: sync.Entry = {
      id: id_,
      kind: "task_sign",
      made_at: new Date().toISOString(),
      offset_ms: (await store.thing<number>("skew")) ?? null,
      lon: null,
      lat: null,
      accuracy: null,
      seen: task.version,
      files: [],
      content: { task: id },
    };
    await box.keep({ entry, title: `签收任务：${task.title}`, form: {} }, "kept");
    engine.now();
  };
  return h(
    "div",
    {},
    h("h1", {}, task.title),
    h("p", {}, h("span", { class: "tag" }, done ? "已完成" : signed ? "已签收" : "待签收"), task.due_on ? h("span", { class: "soft" }, `　${dayName(task.due_on)}前完成`) : null),
    task.text ? h("p", { class: "card words" }, task.text) : null,
    done ? null : h("div", { class: "pair" }, signed ? null : button("签收", "main", sign), task.place ? link(`new/inspect/${task.place}`, "small", "去巡查") : null, signed ? link(`new/task_done/${id}`, "main", "完成") : null),
    about.length ? h("ul", { class: "list card" }, ...about.map((one) => line(one, about))) : null,
  );
}
