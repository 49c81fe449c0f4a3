// What the phone keeps, in IndexedDB. Plain are only ids, whose it is, its state and when; all else is sealed.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { Progress } from "./sync";
import type { Sealed, Wrapped } from "./vault";

/** An entry on the phone. `body` is sealed: `Kept`. */
export interface Row {
  id: string;
  owner: string;
  at: number;
  progress: Progress;
  /** files that the entry has, and the bytes of them still here */
  files: number;
  body: Sealed | null;
}

/** A file of an entry, its bytes sealed. `have`: how much of it the centre has, as far as the phone knows. */
export interface FileRow {
  id: string;
  entry: string;
  owner: string;
  sha256: string;
  size: number;
  sealed: Sealed;
}

/** Who has signed in on this phone, with the key under his PIN. */
export interface Lock {
  owner: string;
  name: string;
  wrapped: Wrapped;
  tries: number;
}

export interface Lease {
  holder: string;
  until: number;
}

interface Tables extends DBSchema {
  entries: { key: string; value: Row; indexes: { owner: string } };
  files: { key: string; value: FileRow; indexes: { entry: string } };
  // device (the phone's UUID), lock, lease, skew: plain; token, down, etag: sealed
  things: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Tables>> | null = null;

function db(): Promise<IDBPDatabase<Tables>> {
  opened ??= openDB<Tables>("onedoor-field", 1, {
    upgrade(made) {
      made.createObjectStore("entries", { keyPath: "id" }).createIndex("owner", "owner");
      made.createObjectStore("files", { keyPath: "id" }).createIndex("entry", "entry");
      made.createObjectStore("things");
    },
    blocking() {
      // a newer version of the app waits in another tab
      void opened?.then((one) => one.close());
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

export async function thing<T>(name: string): Promise<T | undefined> {
  return (await (await db()).get("things", name)) as T | undefined;
}

export async function setThing(name: string, value: unknown): Promise<void> {
  await (await db()).put("things", value, name);
}

export async function dropThings(...names: string[]): Promise<void> {
  const change = (await db()).transaction("things", "readwrite");
  await Promise.all([...names.map((name) => change.store.delete(name)), change.done]);
}

/** Counts a try with a PIN before it is judged, so that ending the app does not give it back. */
export async function countTry(): Promise<number> {
  const change = (await db()).transaction("things", "readwrite", { durability: "strict" });
  const lock = (await change.store.get("lock")) as Lock | undefined;
  if (!lock) return Infinity;
  lock.tries += 1;
  await change.store.put(lock, "lock");
  await change.done;
  return lock.tries;
}

export async function rowsOf(owner: string): Promise<Row[]> {
  return (await db()).getAllFromIndex("entries", "owner", owner);
}

export async function row(id: string): Promise<Row | undefined> {
  return (await db()).get("entries", id);
}

/** Entry and new files in one transaction that is on the disk when this returns. */
export async function put(entry: Row, files: readonly FileRow[] = []): Promise<void> {
  const change = (await db()).transaction(["entries", "files"], "readwrite", { durability: "strict" });
  await Promise.all([
    change.objectStore("entries").put(entry),
    ...files.map((file) => change.objectStore("files").put(file)),
    change.done,
  ]);
}

/** Changes what is known of an entry's way, reading and writing in one transaction. */
export async function setProgress(id: string, change: (known: Progress) => Progress): Promise<void> {
  const within = (await db()).transaction("entries", "readwrite", { durability: "strict" });
  const found = await within.store.get(id);
  if (found) {
    const progress = change(found.progress);
    if (progress !== found.progress) await within.store.put({ ...found, progress });
  }
  await within.done;
}

export async function filesOf(entry: string): Promise<FileRow[]> {
  return (await db()).getAllFromIndex("files", "entry", entry);
}

export async function dropFile(id: string): Promise<void> {
  await (await db()).delete("files", id);
}

/** Lets go of an entry's content and files if `may` says so of what is there now; `whole`: of the row too. */
export async function drop(id: string, may: (found: Row) => boolean, whole: boolean): Promise<boolean> {
  const within = (await db()).transaction(["entries", "files"], "readwrite", { durability: "strict" });
  const entries = within.objectStore("entries");
  const found = await entries.get(id);
  const goes = !!found && may(found);
  if (goes) {
    if (whole) await entries.delete(id);
    else await entries.put({ ...found, body: null });
    const files = within.objectStore("files");
    for (const key of await files.index("entry").getAllKeys(id)) await files.delete(key);
  }
  await within.done;
  return goes;
}

/** Takes or renews the lease of who may send, where the browser has no locks of its own. */
export async function takeLease(holder: string, now: number, length: number): Promise<boolean> {
  const change = (await db()).transaction("things", "readwrite");
  const held = (await change.store.get("lease")) as Lease | undefined;
  const mine = !held || held.holder === holder || held.until < now || held.until > now + 10 * length;
  if (mine) await change.store.put({ holder, until: now + length } satisfies Lease, "lease");
  await change.done;
  return mine;
}

export async function giveLease(holder: string): Promise<void> {
  const change = (await db()).transaction("things", "readwrite");
  const held = (await change.store.get("lease")) as Lease | undefined;
  if (held?.holder === holder) await change.store.delete("lease");
  await change.done;
}
