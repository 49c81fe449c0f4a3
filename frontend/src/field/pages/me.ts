// 我的: the phone's storage and clock, what is kept about me, locking and leaving.

import { ask } from "../api";
import * as box from "../box";
import { button, go, h, link, note, when } from "../dom";
import * as engine from "../engine";
import { session, signOut } from "../session";
import * as store from "../store";
import { isUnsent } from "../sync";

interface Kept {
  entries: { id: string; kind_name: string; state_name: string; made_at: string | null; received_at: string; lon: number | null; lat: number | null; accuracy: number | null; grid_name: string | null; number: string; files: unknown[] }[];
  next_cursor: string | null;
  files: { sha256: string; size: number; whole: boolean }[];
}

export async function mePage(lock: () => void, install: (() => void) | null): Promise<HTMLElement> {
  const open = session()!;
  const unsent = (await box.items()).filter((one) => isUnsent(one.progress.state)).length;
  const leave = async (): Promise<void> => {
    const warn = unsent ? `还有${unsent}条没有发出去，会封存在这部手机上，您再登录时继续发送。` : "";
    if (!confirm(`${warn}退出登录？手机上存的任务、网格会清除。`)) return;
    await signOut();
    go("home");
    location.reload();
  };
  return h(
    "div",
    {},
    h("h1", {}, "我的"),
    h("dl", { class: "card" }, ...pairs([["姓名", open.name], ["岗位", open.down?.me.role_name ?? "—"], ["网格", open.down?.grid.name ?? "—"]])),
    h("section", { class: "card" }, h("h2", {}, "这部手机"), h("dl", {}, ...pairs(await phone()))),
    install ? button("安装到桌面", "small", install) : null,
    h("div", { class: "pair" }, button("现在发送和更新", "small", () => engine.refresh()), link("kept", "small", "中心存有我的什么")),
    h("div", { class: "pair" }, button("锁上", "small", lock), link("new-pin", "small", "重设 PIN 码")),
    button("退出登录", "link", leave),
  );
}

function pairs(found: [string, string][]): HTMLElement[] {
  return found.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

async function phone(): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const storage = navigator.storage as StorageManager | undefined;
  const safe = (await storage?.persisted?.()) ?? false;
  found.push(["存储", safe ? "已允许长期保存" : "系统没有答应长期保存：空间不足时可能清掉手机上的内容，请常连网发送，装到桌面更稳妥"]);
  const { quota = 0, usage = 0 } = (await storage?.estimate?.()) ?? {};
  if (quota) found.push(["还可用", `${Math.floor((quota - usage) / 1048576)} MB`]);
  found.push(["没有信号时打开", (await navigator.serviceWorker?.getRegistration("/field"))?.active ? "可以" : "还不可以：请在浏览器里打开一次，等几秒再关"]);
  const skew = await store.thing<number>("skew");
  const minutes = Math.round(Math.abs(skew ?? 0) / 60_000);
  found.push(["手机的钟", skew === undefined ? "还没有和中心对过" : minutes ? `比中心${skew > 0 ? "慢" : "快"}${minutes}分钟，发送时按中心的时间改正` : "和中心一致"]);
  found.push(["上次发送", engine.status.lastAt ? when(engine.status.lastAt) : "打开后还没有"]);
  return found;
}

/** What the centre keeps about this worker, asked from it now. */
export async function keptPage(): Promise<HTMLElement> {
  const open = session()!;
  const list = h("ul", { class: "list card" });
  const more = h("div", {});
  const load = async (cursor: string): Promise<void> => {
    if (!open.access) throw new Error("请先重新登录。");
    const path = `/sync/kept${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`;
    const { body } = await ask<Kept>(path, { access: open.access });
    for (const one of body.entries) {
      const where = one.lon !== null && one.lat !== null ? `位置 ${one.lat.toFixed(5)}, ${one.lon.toFixed(5)}${one.accuracy ? `（误差${Math.round(one.accuracy)}米）` : ""}` : "没有位置";
      list.append(h("li", {}, h("div", { class: "line" }, h("b", {}, `${one.kind_name} ${one.number}`), h("span", { class: "tag" }, one.state_name), h("span", { class: "soft" }, `${when(one.made_at ?? one.received_at)}　${one.grid_name ?? ""}　${where}`))));
    }
    if (!list.children.length) list.append(h("li", {}, "中心没有存您的条目。"));
    const next = body.next_cursor;
    more.replaceChildren(...(next ? [button("再看更早的", "small", () => load(next))] : []));
  };
  const said = h("div", {});
  try {
    await load("");
  } catch (error) {
    said.append(note((error as Error).message));
  }
  return h("div", {}, h("h1", {}, "中心存有我的什么"), h("p", { class: "about" }, "只有您报送的条目和当时的位置，没有行踪。社情民意不留您的账号，这里也看不到。"), said, list, more);
}
