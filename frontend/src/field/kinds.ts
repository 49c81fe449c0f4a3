// What each kind of entry asks for. The form itself is the same for all: `pages/form.ts`.

import { dayFault, namelessFault, textFault } from "./checks";
import { dayOf } from "./dom";
import type { Down } from "./session";

export type Values = Record<string, string>;

export interface Field {
  name: string;
  label: string;
  type: "text" | "area" | "choice" | "check" | "day" | "answers";
  hint?: string;
  options?: { code: string; name: string; group?: string }[];
  /** under "更多" */
  more?: boolean;
  /** shown only while this check is on */
  when?: string;
  items?: { code: string; question: string; basis: string }[];
}

export interface Form {
  kind: string;
  heading: string;
  about?: string;
  send: string;
  media: boolean;
  place: boolean;
  fields: Field[];
  values: Values;
  check(values: Values, files: number): Record<string, string>;
  title(values: Values): string;
  content(values: Values): Record<string, unknown>;
  /** what else stands in the entry */
  more?: { refers?: string; seen?: number; lon?: number | null; lat?: number | null };
}

const SAY_SOMETHING = "请写几个字，或者拍照、录音。";
const NAMES = "不写姓名、身份证号、电话。";

function faultsOf(found: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).filter(([, fault]) => fault));
}

function start(text: string, otherwise: string): string {
  const words = text.trim().replace(/\s+/g, " ");
  return words ? (words.length > 24 ? `${words.slice(0, 24)}…` : words) : otherwise;
}

function report(down: Down | null): Form {
  return {
    kind: "report",
    heading: "上报",
    send: "发送",
    media: true,
    place: true,
    fields: [
      { name: "text", label: "说几句（可不填）", type: "area", hint: "拍了照、录了音就可以直接发送。" },
      { name: "urgent", label: "紧急，需要马上处理", type: "check" },
      { name: "category", label: "类别", type: "choice", options: down?.categories ?? [], more: true, hint: "不选的，由中心来分。" },
      { name: "address", label: "地点说明", type: "text", more: true, hint: "如：三组路口、某某超市门前" },
      { name: "someone_hurt", label: "有人受伤", type: "check", more: true },
      { name: "anonymous", label: "匿名上报", type: "check", more: true, hint: "承办单位看不到您是谁，也看不到准确位置；照片里的位置信息会去掉。" },
      { name: "settled", label: "已当场解决", type: "check", more: true },
      { name: "outcome", label: "结果", type: "choice", options: down?.outcomes ?? [], more: true, when: "settled" },
      { name: "answer", label: "做了什么、怎么答复的", type: "area", more: true, when: "settled" },
    ],
    values: {},
    check: (values, files) =>
      faultsOf({
        text: !values.text?.trim() && !files ? SAY_SOMETHING : textFault(values.text ?? "", "情况", down?.limits.text ?? 5000, false),
        address: textFault(values.address ?? "", "地点说明", 200, false),
        outcome: values.settled && !values.outcome ? "请选择结果。" : "",
        answer: values.settled ? textFault(values.answer ?? "", "做了什么", 5000, true) : "",
      }),
    title: (values) => start(values.text ?? "", "现场照片、录音"),
    content: (values) => ({
      text: values.text?.trim() ?? "",
      ...(values.category && { category: values.category }),
      ...(values.address?.trim() && { address: values.address.trim() }),
      ...(values.urgent && { urgent: true }),
      ...(values.someone_hurt && { someone_hurt: true }),
      ...(values.anonymous && { anonymous: true }),
      ...(values.settled && { settled: { outcome: values.outcome, answer: values.answer?.trim() ?? "" } }),
    }),
  };
}

function more(down: Down | null, to: string): Form {
  // another matter's number, or an entry of this phone
  const number = down?.mine.find((one) => one.id === to)?.number;
  return {
    kind: "more",
    heading: number ? `补充 ${number}` : "补充",
    send: "发送",
    media: true,
    place: false,
    fields: [{ name: "text", label: "补充的情况", type: "area" }],
    values: {},
    check: (values, files) =>
      faultsOf({
        text: !values.text?.trim() && !files ? SAY_SOMETHING : textFault(values.text ?? "", "补充的情况", 5000, false),
      }),
    title: (values) => `补充：${start(values.text ?? "", "照片、录音")}`,
    content: (values) => ({ text: values.text?.trim() ?? "" }),
    more: { refers: to },
  };
}

function done(down: Down | null, id: string): Form | null {
  const task = down?.tasks.find((one) => one.id === id);
  if (!task) return null;
  return {
    kind: "task_done",
    heading: "完成任务",
    about: task.title,
    send: "完成",
    media: true,
    place: false,
    fields: [{ name: "text", label: "完成情况", type: "area", hint: NAMES }],
    values: {},
    check: (values) => faultsOf({ text: namelessFault(values.text ?? "", "完成情况", 2000, true) }),
    title: () => `完成任务：${task.title}`,
    content: (values) => ({ task: id, text: values.text?.trim() ?? "" }),
    more: { seen: task.version },
  };
}

function inspect(down: Down | null, id: string): Form | null {
  const place = down?.places.find((one) => one.id === id);
  if (!place) return null;
  const list = down?.checklists.find((one) => one.code === place.checklist);
  const items = list?.items ?? [];
  const task = down?.tasks.find((one) => one.place === id && one.state === "signed");
  const answers = (values: Values): Record<string, { ok: boolean; note: string }> =>
    Object.fromEntries(items.map(({ code }) => [code, { ok: values[`ok.${code}`] === "yes", note: values[`ok.${code}`] === "no" ? (values[`note.${code}`] ?? "").trim() : "" }]));
  return {
    kind: "inspect",
    heading: "巡查",
    about: `${place.name}（${place.kind_name}）${place.address}`,
    send: "发送",
    media: true,
    place: false,
    fields: [
      ...(items.length ? [{ name: "answers", label: list!.name, type: "answers" as const, items }] : []),
      { name: "text", label: items.length ? "说明（可不填）" : "看到的情况", type: "area", hint: NAMES },
    ],
    values: {},
    check: (values) => {
      const found: Record<string, string> = { text: namelessFault(values.text ?? "", "说明", 2000, !items.length) };
      for (const { code, question } of items) {
        if (!values[`ok.${code}`]) found[`ok.${code}`] = `“${question}”还没有检查结果。`;
        else found[`ok.${code}`] = namelessFault(values[`note.${code}`] ?? "", `“${question}”的说明`, 500, false);
      }
      return faultsOf(found);
    },
    title: (values) => {
      const faults = items.filter(({ code }) => values[`ok.${code}`] === "no").length;
      return `巡查：${place.name}${faults ? `，${faults}个问题` : ""}`;
    },
    content: (values) => ({
      place: id,
      ...(list ? { checklist: list.code, checklist_version: list.version, answers: answers(values) } : {}),
      text: values.text?.trim() ?? "",
      ...(task ? { task: task.id } : {}),
    }),
    // where the place is, not where the worker was
    more: { lon: place.lon, lat: place.lat, ...(task ? { seen: task.version } : {}) },
  };
}

function visit(down: Down | null): Form {
  const today = dayOf(Date.now());
  return {
    kind: "visit",
    heading: "入户走访",
    about: "只记哪一天、去了哪里、为什么去、群众提出什么。不记人，90天后自动清除。",
    send: "发送",
    media: false,
    place: false,
    fields: [
      { name: "on", label: "走访日期", type: "day" },
      { name: "address", label: "地址", type: "text", hint: NAMES },
      { name: "purpose", label: "走访目的", type: "choice", options: down?.purposes ?? [] },
      { name: "asked", label: "群众提出（可不填）", type: "area", hint: NAMES },
    ],
    values: { on: today },
    check: (values) =>
      faultsOf({
        on: dayFault(values.on ?? "", "走访日期", today, 90),
        address: namelessFault(values.address ?? "", "地址", 200, true),
        purpose: values.purpose ? "" : "请选择走访目的。",
        asked: namelessFault(values.asked ?? "", "群众提出", 1000, false),
      }),
    title: () => "入户走访",
    content: ({ on, address, purpose, asked }) => ({ on, address: address?.trim(), purpose, asked: asked?.trim() ?? "" }),
  };
}

function care(down: Down | null, id: string): Form | null {
  const plan = down?.care.find((one) => one.id === id);
  if (!plan) return null;
  const today = dayOf(Date.now());
  return {
    kind: "care_visit",
    heading: "看望",
    about: `${plan.name}　${plan.address}`,
    send: "发送",
    media: false,
    place: false,
    fields: [
      { name: "on", label: "看望日期", type: "day" },
      { name: "text", label: "看望情况", type: "area", hint: "不写身份证号、手机号码。" },
    ],
    values: { on: today },
    check: (values) =>
      faultsOf({
        on: dayFault(values.on ?? "", "看望日期", today, 91),
        text: namelessFault(values.text ?? "", "看望情况", 1000, true),
      }),
    title: () => "看望",
    content: ({ on, text }) => ({ plan: id, on, text: text?.trim() ?? "" }),
  };
}

function opinion(down: Down | null): Form {
  return {
    kind: "opinion",
    heading: "社情民意",
    about: "不记是谁说的，也不记是谁报的。没有照片，没有位置。中心收到后，手机上的这一条也会清除。",
    send: "发送",
    media: false,
    place: false,
    fields: [
      { name: "topic", label: "关于什么", type: "choice", options: down?.topics ?? [] },
      { name: "text", label: "群众怎么说", type: "area", hint: NAMES },
    ],
    values: {},
    check: (values) =>
      faultsOf({
        topic: values.topic ? "" : "请选择关于什么。",
        text: namelessFault(values.text ?? "", "群众怎么说", 2000, true),
      }),
    title: () => "社情民意",
    content: ({ topic, text }) => ({ topic, text: text?.trim() ?? "" }),
  };
}

/** The form for `report`, `more/ID`, `task_done/ID` …; null where what it is about is not on this phone. */
export function formOf(key: string, down: Down | null): Form | null {
  const [kind, id = ""] = key.split("/");
  switch (kind) {
    case "report":
      return report(down);
    case "more":
      return more(down, id);
    case "task_done":
      return done(down, id);
    case "inspect":
      return inspect(down, id);
    case "visit":
      return visit(down);
    case "care_visit":
      return care(down, id);
    case "opinion":
      return opinion(down);
    default:
      return null;
  }
}
