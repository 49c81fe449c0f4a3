// Who works on this phone: signing in, PIN, locking, wiping. The device key is in memory only while the app is open.

import { type Access, ask } from "./api";
import * as store from "./store";
import * as vault from "./vault";

export interface Down {
  now: string;
  me: { username: string; name: string; post: number; role: string; role_name: string; kinds: string[] };
  grid: import("./geo").Grid;
  around: import("./geo").Grid[];
  contacts: Record<"lead" | "centre", Ring | null> & Record<"police" | "legal", Ring[]>;
  tasks: Task[];
  places: Place[];
  checklists: Checklist[];
  care: Care[];
  mine: Mine[];
  categories: { code: string; name: string; group: string }[];
  topics: Named[];
  purposes: Named[];
  outcomes: Named[];
  limits: { entries: number; piece: number; file: number; files: number; text: number };
}
export interface Ring {
  name: string;
  phone: string;
  office?: string;
}
export interface Named {
  code: string;
  name: string;
}
export interface Task {
  id: string;
  title: string;
  text: string;
  grid: string;
  due_on: string | null;
  state: string;
  version: number;
  mine: boolean;
  place: string | null;
  number: string | null;
}
export interface Place {
  id: string;
  kind: string;
  kind_name: string;
  name: string;
  address: string;
  lon: number | null;
  lat: number | null;
  checklist: string;
  next_on: string | null;
}
export interface Checklist {
  code: string;
  version: number;
  name: string;
  items: { code: string; question: string; basis: string }[];
}
export interface Care {
  id: string;
  name: string;
  phone: string;
  address: string;
  purpose: string;
  help: string;
  next_on: string | null;
  ends_on: string;
}
export interface Mine {
  id: string;
  kind: string;
  kind_name: string;
  state: string;
  made_at: string | null;
  received_at: string;
  number: string;
  stage_name: string;
  answer: string;
  steps: { at: string; what: string }[];
  detail: string;
}

/** The open app of one worker. */
export interface Open {
  owner: string;
  name: string;
  key: CryptoKey;
  access: Access | null;
  down: Down | null;
}

let current: Open | null = null;
// between signing in and the choice of a PIN
let fresh: { owner: string; name: string; raw: Uint8Array<ArrayBuffer>; access: Access } | null = null;

export const PRIVATE = ["token", "down", "etag"];

export function session(): Open | null {
  return current;
}

export async function device(): Promise<string> {
  const known = await store.thing<string>("device");
  if (known) return known;
  const made = vault.uuid();
  await store.setThing("device", made);
  return made;
}

/** Asks the centre for a token and for this phone's key. Refuses with the centre's sentence. */
export async function signIn(username: string, password: string, otp: string): Promise<void> {
  const given = { username, password, ...(otp ? { otp } : {}) };
  const { body: opened } = await ask<{ token: string }>("/sessions", { json: given, seconds: 30 });
  const access = { token: opened.token, proof: "" };
  const { body: me } = await ask<{ username: string; name: string }>("/me", { access, seconds: 30 });
  const { body: phone } = await ask<{ key: string; proof: string }>("/sync/device", {
    access,
    json: { device: await device() },
    seconds: 30,
  });
  access.proof = phone.proof;
  fresh = { owner: me.username, name: me.name, raw: vault.bytesOf(phone.key), access };
}

/** Whether the PIN that this worker has set on this phone goes on holding: he is in, and only his sign-in had ended. */
export async function resume(): Promise<boolean> {
  if (!fresh || !current || current.owner !== fresh.owner) return false;
  current.access = fresh.access;
  await store.setThing("token", await vault.seal(current.key, fresh.access));
  fresh = null;
  return true;
}

export function awaitsPin(): boolean {
  return fresh !== null;
}

/** Sets the PIN after signing in, and opens the app. What another had cached here goes; his entries stay sealed. */
export async function choosePin(pin: string): Promise<void> {
  if (!fresh) throw new Error("请先登录。");
  const { owner, name, raw, access } = fresh;
  const before = await store.thing<store.Lock>("lock");
  if (before?.owner !== owner) await store.dropThings(...PRIVATE);
  const key = await vault.deviceKey(raw);
  const wrapped = await vault.wrap(raw, pin);
  await store.setThing("token", await vault.seal(key, access));
  await store.setThing("lock", { owner, name, wrapped, tries: 0 } satisfies store.Lock);
  raw.fill(0);
  fresh = null;
  current = { owner, name, key, access, down: await cached(key) };
}

export type Tried = "open" | "wrong" | "wiped";

/** Opens the app by PIN, with or without signal. After `vault.TRIES` wrong ones all but sealed entries is gone. */
export async function enterPin(pin: string): Promise<{ how: Tried; left: number }> {
  const tries = await store.countTry();
  const lock = await store.thing<store.Lock>("lock");
  if (!lock) return { how: "wiped", left: 0 };
  const raw = tries > vault.TRIES ? null : await vault.unwrap(lock.wrapped, pin);
  if (!raw) {
    const left = vault.TRIES - tries;
    if (left > 0) return { how: "wrong", left };
    await wipe();
    return { how: "wiped", left: 0 };
  }
  await store.setThing("lock", { ...lock, tries: 0 });
  const key = await vault.deviceKey(raw);
  const token = await store.thing<vault.Sealed>("token");
  const access = token ? await vault.open<Access>(key, token).catch(() => null) : null;
  current = { owner: lock.owner, name: lock.name, key, access, down: await cached(key) };
  return { how: "open", left: vault.TRIES };
}

async function cached(key: CryptoKey): Promise<Down | null> {
  const sealed = await store.thing<vault.Sealed>("down");
  // another's, or of a key that has changed: as if there were none
  return sealed ? vault.open<Down>(key, sealed).catch(() => null) : null;
}

/** Key out of memory; everything stays on the phone. */
export function lock(): void {
  current = null;
}

/** What was cached, token and wrapped key go. Entries that the centre does not have stay sealed: they open again when
 *  the same worker signs in on this phone. */
export async function wipe(): Promise<void> {
  const whose = current?.owner ?? (await store.thing<store.Lock>("lock"))?.owner;
  current = null;
  fresh = null;
  await store.dropThings("lock", ...PRIVATE);
  if (!whose) return;
  for (const row of await store.rowsOf(whose)) await store.drop(row.id, isConfirmed, true);
}

function isConfirmed(row: store.Row): boolean {
  return row.progress.state === "received" || row.progress.state === "settled";
}

export async function signOut(): Promise<void> {
  const access = current?.access;
  await wipe();
  if (access) await ask("/sessions", { method: "DELETE", access, seconds: 10 }).catch(() => undefined);
}

/** The sign-in has ended at the centre: the app stays open, sending waits for a new one. */
export async function tokenDied(): Promise<void> {
  if (current) current.access = null;
  await store.dropThings("token");
}
