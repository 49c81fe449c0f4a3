// Carries out what `sync.ts` reckons: sends what waits, brings files piece by piece, takes down what is new. One tab at
// a time, again and again, until the centre has everything.

import { type Access, ask, type Asked, NoSignal, Problem, type Reply } from "./api";
import * as box from "./box";
import { type Down, type Open, session, tokenDied, wipe } from "./session";
import * as store from "./store";
import * as sync from "./sync";
import * as vault from "./vault";

const LEASE = 90_000;
const FRESH = 10 * 60_000;
const me = typeof crypto !== "undefined" ? vault.random(8).join("") : "";

/** How the engine stands, for the line at the top and the list. `sending`: ids on their way now, in per cent. */
export const status = { busy: false, sending: new Map<string, number>(), trouble: "", lastAt: 0, downAt: 0 };

let failures = 0;
let notBefore = 0;
let asked = false;
let onWiped: (why: string) => void = () => undefined;

export function start(wiped: (why: string) => void): void {
  onWiped = wiped;
  addEventListener("online", () => now());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) now();
  });
  setInterval(() => {
    if (Date.now() >= notBefore) void run();
  }, 60_000);
}

/** Sends now: something was written, the signal is back, or the worker has asked for it. */
export function now(): void {
  failures = 0;
  void run();
}

async function run(): Promise<void> {
  if (!session()?.access) return;
  if (status.busy) {
    asked = true;
    return;
  }
  status.busy = true;
  try {
    do {
      asked = false;
      await alone(once);
    } while (asked);
  } finally {
    status.busy = false;
    status.sending.clear();
    box.changed();
  }
}

/** Only one tab of this phone sends at a time; the others come after it, and find nothing left to send. */
async function alone(work: () => Promise<void>): Promise<void> {
  if ("locks" in navigator && navigator.locks) {
    await navigator.locks.request("onedoor-field", work);
    return;
  }
  if (!(await store.takeLease(me, Date.now(), LEASE))) {
    setTimeout(() => void run(), 5000);
    return;
  }
  try {
    await work();
  } finally {
    await store.giveLease(me);
  }
}

async function once(): Promise<void> {
  const open = session();
  if (!open?.access) return;
  const round = new Round(open, open.access);
  try {
    await round.all();
    failures = 0;
    notBefore = 0;
    status.trouble = round.trouble;
    status.lastAt = Date.now();
  } catch (error) {
    if (error === STOPPED) return;
    if (error instanceof Problem && error.status === 401) {
      if (error.code === "account_closed") {
        await wipe();
        onWiped(error.message);
        return;
      }
      await tokenDied();
      status.trouble = "登录已到期，请重新登录后再发送。内容都还在手机上。";
      return;
    }
    failures += 1;
    const wait = sync.backoff(failures, Math.random());
    notBefore = Date.now() + wait;
    setTimeout(() => {
      if (Date.now() >= notBefore) void run();
    }, wait + 50);
    status.trouble = error instanceof NoSignal ? "" : error instanceof Problem ? error.message : "手机上的应用出了故障，稍后会再试。";
    if (!(error instanceof NoSignal) && !(error instanceof Problem)) console.error(error);
  }
}

const STOPPED = new Error("locked meanwhile");

/** One round, for one worker. */
class Round {
  trouble = "";
  private changedThere = false;

  constructor(
    private readonly open: Open,
    private readonly access: Access,
  ) {}

  async all(): Promise<void> {
    const waits = (await this.mine()).filter((one) => sync.isUnsent(one.progress.state));
    // the oldest first, though any order would do
    await this.send(waits.reverse());
    for (const one of await this.mine()) if (one.progress.state === "waiting" && one.progress.needs.length) await this.bring(one);
    if (this.changedThere || !this.open.down || Date.now() - status.downAt > FRESH) await this.takeDown();
    await box.trim(false);
  }

  private async mine(): Promise<box.Item[]> {
    this.check();
    // what cannot be opened cannot be sent
    return (await box.items()).filter((one) => one.entry.kind);
  }

  private check(): void {
    if (session() !== this.open || this.open.access !== this.access) throw STOPPED;
  }

  private async request<T>(path: string, how: Asked = {}): Promise<Reply<T>> {
    this.check();
    if (!navigator.locks) await store.takeLease(me, Date.now(), LEASE);
    return ask<T>(path, { ...how, access: this.access });
  }

  private async send(found: readonly box.Item[]): Promise<void> {
    for (const batch of sync.batches(found.map((one) => one.entry))) await this.post(batch);
  }

  private async post(entries: readonly sync.Entry[]): Promise<void> {
    entries.forEach((one) => status.sending.set(one.id, 0));
    box.changed();
    const sent = Date.now();
    const device = await store.thing<string>("device");
    try {
      const { body } = await this.request<{ now: string; entries: sync.Answer[] }>("/sync", {
        json: { device, sent_at: new Date(sent).toISOString(), entries },
        seconds: 90,
      });
      await this.measure(sent, body.now);
      for (const answer of body.entries) {
        await store.setProgress(answer.id, (known) => sync.after(known, answer, Date.now()));
        if (answer.state !== "refused") this.changedThere = true;
      }
    } catch (error) {
      if (!(error instanceof Problem) || ![413, 422].includes(error.status)) throw error;
      // the centre cannot read it: each by itself, so that one holds none of the others up
      if (entries.length > 1) for (const one of entries) await this.post([one]);
      else this.trouble = error.message;
    } finally {
      entries.forEach((one) => status.sending.delete(one.id));
      box.changed();
    }
  }

  private async measure(sent: number, centre: string): Promise<void> {
    const measured = sync.skew(sent, Date.now(), centre);
    if (measured !== null) await store.setThing("skew", measured);
  }

  /** Brings the files that the centre waits for, then asks what has become of the entry. */
  private async bring(one: box.Item): Promise<void> {
    let whole = 0;
    for (const sha256 of one.progress.needs) {
      const file = one.entry.files.find((ref) => ref.sha256 === sha256);
      const bytes = file && (await box.bytesOf(one.id, sha256));
      if (bytes && (await this.upload(one, sha256, bytes))) whole += 1;
    }
    status.sending.delete(one.id);
    if (whole) await this.post([one.entry]);
  }

  private async upload(one: box.Item, sha256: string, bytes: ArrayBuffer): Promise<boolean> {
    const path = `/sync/files/${sha256}`;
    let there = (await this.request<{ have: number; whole: boolean }>(path)).body;
    for (let restarts = 0; !there.whole; ) {
      const limit = this.open.down?.limits.piece ?? sync.LARGEST_PIECE;
      const piece = sync.nextPiece(there.have, bytes.byteLength, limit);
      if (!piece) return false;
      const [from, to] = piece;
      status.sending.set(one.id, Math.round((100 * from) / bytes.byteLength));
      box.changed();
      try {
        const how = { piece: bytes.slice(from, to), seconds: 120 };
        there = (await this.request<typeof there>(`${path}?offset=${from}&size=${bytes.byteLength}`, how)).body;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 409 && typeof error.body.have === "number" && restarts++ < 5) {
          there = { have: error.body.have, whole: error.body.whole === true };
        } else if (error.status === 422 || error.status === 413) {
          this.trouble = error.message;
          await store.setProgress(one.id, (known) => ({ ...known, detail: error.message }));
          return false;
        } else throw error;
      }
    }
    return true;
  }

  private async takeDown(): Promise<void> {
    const etag = this.open.down ? await store.thing<string>("etag") : "";
    const sent = Date.now();
    const found = await this.request<Down>("/sync", { etag });
    this.check();
    if (found.status !== 304) await this.measure(sent, found.body.now);
    status.downAt = Date.now();
    if (found.status === 304) return;
    this.open.down = found.body;
    await store.setThing("down", await vault.seal(this.open.key, found.body));
    await store.setThing("etag", found.etag);
    for (const mine of found.body.mine)
      await store.setProgress(mine.id, (known) => sync.afterMine(known, mine, Date.now()));
    box.changed();
  }
}

/** Takes down what is new, the next time that something is sent or asked. */
export function refresh(): void {
  status.downAt = 0;
  now();
}
