// Entries on this phone: writing them down, reading them back, letting them go.

import { dayOf } from "./dom";
import { session } from "./session";
import * as store from "./store";
import { type Entry, type FileRef, isOpen, mayTrim, NEW, type Progress, type State } from "./sync";
import * as vault from "./vault";

/** An entry as a form holds it, and what a person is to see of it in the list. */
export interface Kept {
  entry: Entry;
  /** a line that says what it is about, made by the form */
  title: string;
  /** how the form stood, for a draft and for editing what was refused */
  form: Record<string, unknown>;
}

export interface Item extends Kept {
  id: string;
  at: number;
  progress: Progress;
}

export interface NewFile {
  ref: FileRef;
  bytes: ArrayBuffer;
}

const watchers = new Set<() => void>();

/** Called whenever entries of this phone have changed, here or in another tab. */
export function watch(look: () => void): () => void {
  watchers.add(look);
  return () => watchers.delete(look);
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("onedoor-field");
if (channel) channel.onmessage = () => watchers.forEach((look) => look());

export function changed(): void {
  watchers.forEach((look) => look());
  channel?.postMessage("changed");
}

/** What was done on this phone already, whether the centre has heard of it or not: tasks by id, places of today. */
export interface Done {
  tasks: Map<string, { state: "signed" | "done"; upTo: number }>;
  places: Set<string>;
}

/** The state of a task with what was done about it here; what the centre has changed after that goes before. */
export function stateOf(task: { id: string; state: string; version: number }, found: Done): string {
  const here = found.tasks.get(task.id);
  return here && task.version <= here.upTo && (here.state === "done" || task.state === "open") ? here.state : task.state;
}

export async function done(): Promise<Done> {
  const found: Done = { tasks: new Map(), places: new Set() };
  const today = dayOf(Date.now());
  for (const { entry, progress, at } of await items()) {
    if (progress.state === "draft" || progress.state === "refused") continue;
    const { task, place } = entry.content as { task?: string; place?: string };
    const upTo = progress.state === "kept" ? Infinity : (entry.seen ?? 0);
    // newest first: what was done last is what holds
    if (task && !found.tasks.has(task) && entry.kind === "task_sign") found.tasks.set(task, { state: "signed", upTo });
    if (task && !found.tasks.has(task) && entry.kind === "task_done") found.tasks.set(task, { state: "done", upTo });
    if (entry.kind === "inspect" && place && dayOf(at) === today) found.places.add(place);
  }
  return found;
}

/** Writes an entry and its new files; on the disk when this returns. Makes room once where there is none. */
export async function keep(kept: Kept, state: "draft" | "kept", files: readonly NewFile[] = []): Promise<void> {
  const open = session();
  if (!open) throw new Error("应用已锁上，请输入 PIN 码。");
  const { id } = kept.entry;
  const sealed = await Promise.all(
    files.map(async ({ ref, bytes }) => ({
      id: `${id} ${ref.sha256}`,
      entry: id,
      owner: open.owner,
      sha256: ref.sha256,
      size: ref.size,
      sealed: await vault.sealBytes(open.key, bytes),
    })),
  );
  const row: store.Row = {
    id,
    owner: open.owner,
    at: Date.now(),
    progress: { ...NEW, state: state as State },
    files: kept.entry.files.length,
    body: await vault.seal(open.key, kept),
  };
  try {
    await store.put(row, sealed);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
    await trim(true);
    try {
      await store.put(row, sealed);
    } catch {
      throw new Error("手机存储空间不够，这一条还没有存下。请先清理手机（删照片、应用），再按一次。");
    }
  }
  changed();
}

/** All of the worker's, newest first. What cannot be opened (of a key that has changed) is listed by its state alone. */
export async function items(): Promise<Item[]> {
  const open = session();
  if (!open) return [];
  const rows = await store.rowsOf(open.owner);
  const found = await Promise.all(rows.map((row) => itemOf(row, open.key)));
  return found.sort((one, other) => other.at - one.at);
}

export async function item(id: string): Promise<Item | null> {
  const open = session();
  const row = await store.row(id);
  return open && row?.owner === open.owner ? itemOf(row, open.key) : null;
}

async function itemOf(row: store.Row, key: CryptoKey): Promise<Item> {
  const kept = row.body ? await vault.open<Kept>(key, row.body).catch(() => null) : null;
  return { ...(kept ?? gone(row.id)), id: row.id, at: row.at, progress: row.progress };
}

function gone(id: string): Kept {
  const entry = { id, kind: "", made_at: "", offset_ms: null, lon: null, lat: null, accuracy: null, files: [], content: {} };
  return { entry, title: "（内容已从手机清理）", form: {} };
}

export async function bytesOf(entry: string, sha256: string): Promise<ArrayBuffer | null> {
  const open = session();
  const found = (await store.filesOf(entry)).find((one) => one.sha256 === sha256);
  return open && found ? vault.openBytes(open.key, found.sealed) : null;
}

/** What the worker throws away himself: a draft, or an entry that the centre has refused. */
export async function discard(id: string): Promise<void> {
  await store.drop(id, (row) => row.progress.state === "draft" || row.progress.state === "refused", true);
  changed();
}

/** Lets go of the content of what the centre has confirmed, once it is old, or where room is short. An opinion goes at
 *  once: who has heard it is nobody's business any more, not this phone's either. */
export async function trim(short: boolean): Promise<void> {
  const now = Date.now();
  for (const one of await items()) {
    if (!one.entry.kind && one.progress.confirmed && now - one.progress.confirmed > 90 * 86_400_000)
      await store.drop(one.id, (row) => !isOpen(row.progress.state), true);
    else if (one.entry.kind === "opinion") await store.drop(one.id, (row) => !isOpen(row.progress.state), true);
    else if (one.entry.kind) await store.drop(one.id, (row) => mayTrim(row.progress, now, short), false);
  }
}
