// The one form of all kinds: photos, voice, place, fields, send. It is a draft on the phone from the first touch on, so
// that a phone that runs out of memory while the camera is open takes nothing away.

import * as box from "../box";
import { button, go, h, note } from "../dom";
import * as engine from "../engine";
import { liesIn } from "../geo";
import { type Field, type Form, formOf, type Values } from "../kinds";
import { shrink } from "../photo";
import { locate, type Position } from "../place";
import { session } from "../session";
import * as store from "../store";
import type { FileRef } from "../sync";
import * as vault from "../vault";
import { canRecord, LONGEST, record, type Recording } from "../voice";

interface Draft {
  id: string;
  values: Values;
  files: FileRef[];
  position: Position | null;
  /** which refused entry this one is made from */
  from: string;
}

/** `key` as in `kinds.formOf`; `from`: a refused entry whose content the form begins with. */
export async function formPage(key: string, from = ""): Promise<HTMLElement> {
  const down = session()?.down ?? null;
  const form = formOf(key, down);
  if (!form) return h("div", {}, h("h1", {}, "找不到"), note("手机上没有这一项了。请回到首页。"));
  const items = await box.items();
  const started = items.find((one) => one.progress.state === "draft" && one.form.key === key && (one.form.from ?? "") === from);
  const draft = started ? draftOf(started) : await begin(form, from);
  const page = new Page(key, form, draft, !!started);
  if (!started && draft.from) await page.takeFiles();
  return page.node;
}

function draftOf(item: box.Item): Draft {
  const { values, from, position } = item.form as { values: Values; from: string; position: Position | null };
  return { id: item.id, values, files: item.entry.files, position, from: from ?? "" };
}

/** A new draft; what is edited brings its values and files along, under a new id. */
async function begin(form: Form, from: string): Promise<Draft> {
  const draft: Draft = { id: vault.uuid(), values: { ...form.values }, files: [], position: null, from };
  const old = from ? await box.item(from) : null;
  if (old) {
    draft.values = { ...(old.form.values as Values) };
    draft.position = (old.form.position as Position | null) ?? null;
    draft.files = old.entry.files;
  }
  return draft;
}

class Page {
  readonly node = h("form", { class: "form", novalidate: true });
  private readonly faults = new Map<string, HTMLElement>();
  private readonly gallery = h("ul", { class: "gallery", "aria-label": "照片和录音" });
  private readonly where = h("div", { class: "where" });
  private readonly said = h("div", { role: "alert" });
  private saving: Promise<void> = Promise.resolve();
  private timer = 0;
  private touched: boolean;
  private working: Promise<void> = Promise.resolve();
  private sent = false;
  private recording: Recording | null = null;
  private endRecording: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly key: string,
    private readonly form: Form,
    private readonly draft: Draft,
    private readonly resumed: boolean,
  ) {
    this.touched = resumed;
    this.build();
  }

  private build(): void {
    const { form, draft } = this;
    const send = h("button", { type: "submit", class: "main" }, form.send);
    const plain = form.fields.filter((one) => !one.more);
    const rest = form.fields.filter((one) => one.more);
    const opened = rest.some((one) => draft.values[one.name]);
    this.node.append(
      h("h1", {}, form.heading),
      ...(form.about ? [h("p", { class: "about" }, form.about)] : []),
      ...(draft.from ? [note("改好后按一条新的发送；原来那一条留着，由您自己删。")] : []),
      ...(this.resumed && !draft.from ? [this.again()] : []),
      ...(form.media ? [this.media()] : []),
      ...(form.place ? [this.where] : []),
      ...plain.map((one) => this.field(one)),
      ...(rest.length ? [h("details", { open: opened }, h("summary", {}, "更多（都可不填）"), ...rest.map((one) => this.field(one)))] : []),
      this.said,
      h("div", { class: "bar" }, send),
    );
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(send);
    });
    this.node.addEventListener("input", (event) => this.read(event.target as HTMLInputElement));
    this.showWhen();
    void this.showFiles();
    if (form.place) void this.findPlace();
  }

  private again(): HTMLElement {
    const restart = async (): Promise<void> => {
      if (!confirm("删掉没写完的内容，重新填写？")) return;
      this.sent = true;
      await box.discard(this.draft.id);
      dispatchEvent(new HashChangeEvent("hashchange"));
    };
    return h("div", { class: "note" }, "接着上次没写完的。", button("重新填写", "link", restart));
  }

  // fields

  private field(one: Field): HTMLElement {
    const id = `f-${one.name}`;
    const fault = h("p", { class: "fault", id: `${id}-fault` });
    this.faults.set(one.name, fault);
    const describe = { "aria-describedby": `${id}-hint ${id}-fault` };
    const value = this.draft.values[one.name] ?? "";
    const hint = h("p", { class: "hint", id: `${id}-hint` }, one.hint ?? "");
    const named = { id, name: one.name, ...describe };
    if (one.type === "answers") return this.answers(one, fault);
    if (one.type === "check") {
      const box = h("input", { type: "checkbox", ...named, checked: value === "yes" });
      return h("div", { class: "field", "data-field": one.name }, h("label", { class: "check", for: id }, box, one.label), hint, fault);
    }
    let input: HTMLElement;
    if (one.type === "area") input = h("textarea", { ...named, rows: 3, value });
    else if (one.type === "choice") input = this.choice(one, named, value);
    else input = h("input", { type: one.type === "day" ? "date" : "text", ...named, value, autocomplete: "off" });
    return h("div", { class: "field", "data-field": one.name }, h("label", { for: id }, one.label), input, hint, fault);
  }

  private choice(one: Field, named: Record<string, unknown>, value: string): HTMLElement {
    const groups = new Map<string, HTMLElement[]>();
    for (const { code, name, group = "" } of one.options ?? []) {
      const option = h("option", { value: code, selected: code === value }, name);
      groups.set(group, [...(groups.get(group) ?? []), option]);
    }
    const within = [...groups].flatMap(([group, options]) => (group ? [h("optgroup", { label: group }, ...options)] : options));
    return h("select", named, h("option", { value: "" }, "请选择"), ...within);
  }

  private answers(one: Field, fault: HTMLElement): HTMLElement {
    const items = one.items ?? [];
    return h(
      "div",
      { class: "field", "data-field": one.name },
      h("h2", {}, one.label),
      ...items.map(({ code, question, basis }) => {
        const name = `ok.${code}`;
        const wrong = h("p", { class: "fault", id: `f-${name}-fault` });
        this.faults.set(name, wrong);
        const choose = (value: string, label: string): HTMLElement =>
          h("label", { class: "pick" }, h("input", { type: "radio", name, value, checked: this.draft.values[name] === value }), label);
        const noted = h("textarea", { name: `note.${code}`, rows: 2, "aria-label": `${question}：有什么问题`, placeholder: "有什么问题", value: this.draft.values[`note.${code}`] ?? "" });
        return h(
          "fieldset",
          { class: "item" },
          h("legend", {}, question),
          basis && basis !== "待核" ? h("p", { class: "hint" }, `依据：${basis}`) : null,
          h("div", { class: "picks" }, choose("yes", "正常"), choose("no", "有问题")),
          h("div", { "data-when": `${name}=no` }, noted),
          wrong,
        );
      }),
      fault,
    );
  }

  private read(input: HTMLInputElement): void {
    if (!input.name) return;
    const checked = input.type === "checkbox" ? (input.checked ? "yes" : "") : input.value;
    this.draft.values[input.name] = checked;
    this.faults.get(input.name)?.replaceChildren();
    this.showWhen();
    this.touched = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), 600);
  }

  private showWhen(): void {
    for (const one of this.form.fields)
      if (one.when) this.node.querySelector(`[data-field="${one.name}"]`)?.toggleAttribute("hidden", !this.draft.values[one.when]);
    for (const part of this.node.querySelectorAll("[data-when]")) {
      const [name, value] = part.getAttribute("data-when")!.split("=") as [string, string];
      part.toggleAttribute("hidden", this.draft.values[name] !== value);
    }
  }

  // photos and voice

  private media(): HTMLElement {
    const picker = (label: string, camera: boolean): HTMLElement => {
      const input = h("input", { type: "file", accept: "image/*", class: "visually-hidden", ...(camera ? { capture: "environment" } : { multiple: true }) });
      input.addEventListener("change", () => {
        const chosen = [...(input.files ?? [])];
        input.value = "";
        void this.busyWith(() => this.addPhotos(chosen));
      });
      return h("label", { class: camera ? "big" : "small" }, input, label);
    };
    const fault = h("p", { class: "fault", id: "f-files-fault" });
    this.faults.set("files", fault);
    return h("div", { class: "media" }, h("div", { class: "takes" }, picker("拍照", true), canRecord() ? this.recorder() : null), picker("从相册选照片", false), this.gallery, fault);
  }

  private async addPhotos(chosen: readonly File[]): Promise<void> {
    for (const file of chosen) {
      this.said.replaceChildren(note("正在处理照片……"));
      const bytes = await shrink(file);
      this.said.replaceChildren();
      await this.add(bytes, `照片${this.draft.files.length + 1}.jpg`);
    }
  }

  /** Hold to speak, or tap once to begin and once more to end. */
  private recorder(): HTMLElement {
    const talk = h("button", { type: "button", class: "big", "aria-pressed": "false" }, "录音");
    let pressed = 0;
    let clock = 0;
    const end = async (): Promise<void> => {
      clearInterval(clock);
      const running = this.recording;
      this.recording = null;
      talk.setAttribute("aria-pressed", "false");
      talk.textContent = "录音";
      const heard = await running?.stop();
      if (heard) await this.add(heard.bytes, heard.name.replace("录音", `录音${this.draft.files.length + 1}`));
    };
    this.endRecording = end;
    const begin = async (): Promise<void> => {
      pressed = Date.now();
      talk.setAttribute("aria-pressed", "true");
      talk.textContent = "请稍候";
      try {
        this.recording = await record();
      } catch (error) {
        talk.setAttribute("aria-pressed", "false");
        talk.textContent = "录音";
        throw error;
      }
      const begun = Date.now();
      const tell = (): void => {
        const seconds = Math.round((Date.now() - begun) / 1000);
        talk.textContent = `停止（${seconds}秒）`;
        if (seconds >= LONGEST || !this.node.isConnected) void this.busyWith(end);
      };
      tell();
      clock = window.setInterval(tell, 1000);
    };
    const toggle = (): void => void this.busyWith(this.recording ? end : begin);
    let held = false;
    talk.addEventListener("pointerdown", () => {
      held = !this.recording;
      if (held) toggle();
    });
    talk.addEventListener("pointerup", () => {
      // let go after more than half a second: it was held
      if (held && Date.now() - pressed > 600) void this.busyWith(end);
    });
    talk.addEventListener("contextmenu", (event) => event.preventDefault());
    talk.addEventListener("click", (event) => {
      if (held) held = false; // its beginning was this press
      else if (this.recording || event.detail === 0) toggle();
    });
    return talk;
  }

  private async add(bytes: ArrayBuffer, name: string): Promise<void> {
    const most = session()?.down?.limits.files ?? 9;
    if (this.draft.files.length >= most) throw new Error(`一条最多${most}个文件。`);
    const sha256 = await vault.sha256(bytes);
    if (this.draft.files.some((one) => one.sha256 === sha256)) return;
    const ref: FileRef = { sha256, name, size: bytes.byteLength };
    this.draft.files = [...this.draft.files, ref];
    this.touched = true;
    this.save([{ ref, bytes }]);
    await this.saving;
    await this.showFiles();
  }

  private async showFiles(): Promise<void> {
    const shown = await Promise.all(
      this.draft.files.map(async (ref) => {
        const bytes = await box.bytesOf(this.draft.id, ref.sha256);
        const drop = button("去掉", "link", () => {
          this.draft.files = this.draft.files.filter((one) => one !== ref);
          this.save();
          void this.showFiles();
        });
        drop.setAttribute("aria-label", `去掉${ref.name}`);
        return h("li", {}, preview(ref, bytes), drop);
      }),
    );
    this.gallery.replaceChildren(...shown);
  }

  // place

  private async findPlace(again = false): Promise<void> {
    const { draft } = this;
    if (!draft.position || again) {
      this.where.replaceChildren(note("正在定位……"));
      try {
        draft.position = await locate();
        if (this.touched) this.save();
      } catch (error) {
        draft.position = null;
        this.where.replaceChildren(note((error as Error).message), button("再定位一次", "small", () => this.findPlace(true)));
        return;
      }
    }
    const { lon, lat, accuracy } = draft.position;
    const down = session()?.down;
    const found = down ? liesIn(lon, lat, down.grid, down.around) : null;
    if (!down) {
      // the grids are still on their way: said again when they are there
      const stop = box.watch(() => {
        if (!session()?.down && this.node.isConnected) return;
        stop();
        if (draft.position && !this.sent && this.node.isConnected) void this.findPlace();
      });
    }
    const outside = found?.own === false;
    const name = found?.grid ? found.grid.name : "";
    const sentence = outside ? `不在您的网格内${name ? `（在${name}）` : ""}，仍可上报` : name ? `在${name}` : "已定位";
    const without = button("不带位置", "link", () => {
      draft.position = null;
      this.save();
      this.where.replaceChildren(note("这一条不带位置。"), button("定位", "small", () => this.findPlace(true)));
    });
    this.where.replaceChildren(
      h("p", { class: outside ? "note warn" : "note", role: "status" }, `位置：${sentence}，误差约${accuracy}米。`, without, button("重新定位", "link", () => this.findPlace(true))),
    );
  }

  // keeping and sending

  private kept(): box.Kept {
    const { form, draft } = this;
    const { position } = draft;
    return {
      entry: {
        id: draft.id,
        kind: form.kind,
        made_at: new Date().toISOString(),
        offset_ms: null,
        lon: form.place ? (position?.lon ?? null) : (form.more?.lon ?? null),
        lat: form.place ? (position?.lat ?? null) : (form.more?.lat ?? null),
        accuracy: form.place ? (position?.accuracy ?? null) : null,
        ...(form.more?.refers && { refers: form.more.refers }),
        ...(form.more?.seen !== undefined && { seen: form.more.seen }),
        files: draft.files,
        content: form.content(draft.values),
      },
      title: form.title(draft.values),
      form: { key: this.key, values: draft.values, position, from: draft.from },
    };
  }

  private save(files: readonly box.NewFile[] = []): void {
    if (this.sent) return;
    clearTimeout(this.timer);
    const kept = this.kept();
    this.saving = this.saving.then(() => box.keep(kept, "draft", files));
    this.saving = this.saving.catch((error: unknown) => this.tell(error));
  }

  private async send(send: HTMLButtonElement): Promise<void> {
    if (this.sent) return;
    const { form, draft } = this;
    if (this.recording) void this.busyWith(this.endRecording);
    await this.working; // a photo is still being made smaller
    if (this.sent) return;
    clearTimeout(this.timer);
    for (const fault of this.faults.values()) fault.replaceChildren();
    const faults = form.check(draft.values, draft.files.length);
    const wrong = Object.keys(faults);
    if (wrong.length) {
      for (const name of wrong) (this.faults.get(name) ?? this.said).replaceChildren(faults[name]!);
      const first = this.node.querySelector<HTMLElement>(`[name="${wrong[0]}"]`);
      first?.closest("details")?.setAttribute("open", "");
      first?.focus();
      return;
    }
    this.sent = true;
    send.disabled = true;
    try {
      await this.saving;
      const kept = this.kept();
      kept.entry.offset_ms = (await store.thing<number>("skew")) ?? null;
      await box.keep(kept, "kept");
    } catch (error) {
      this.sent = false;
      send.disabled = false;
      this.tell(error);
      return;
    }
    engine.now();
    go("entries");
  }

  /** The files of the refused entry, copied at once: the old one may be thrown away before the new one is sent. */
  async takeFiles(): Promise<void> {
    const found: box.NewFile[] = [];
    for (const ref of this.draft.files) {
      const bytes = await box.bytesOf(this.draft.from, ref.sha256);
      if (bytes) found.push({ ref, bytes });
    }
    this.draft.files = found.map((one) => one.ref);
    this.save(found);
    await this.saving;
    await this.showFiles();
  }

  private busyWith(work: () => Promise<void>): Promise<void> {
    this.said.replaceChildren();
    this.working = this.working.then(work).catch((error: unknown) => this.tell(error));
    return this.working;
  }

  private tell(error: unknown): void {
    this.said.replaceChildren(h("p", { class: "fault" }, error instanceof Error ? error.message : "没有存下，请再试一次。"));
  }
}

export function preview(ref: FileRef, bytes: ArrayBuffer | null): HTMLElement {
  if (!bytes) return h("span", {}, `${ref.name}（已从手机清理）`);
  const voice = /\.(webm|ogg|m4a)$/.test(ref.name);
  const address = URL.createObjectURL(new Blob([bytes], { type: voice ? "audio/webm" : "image/jpeg" }));
  const node = voice ? h("audio", { controls: true, src: address, "aria-label": ref.name }) : h("img", { src: address, alt: ref.name });
  node.addEventListener("load", () => URL.revokeObjectURL(address));
  return node;
}
