// How entries go up, as plain reckoning: no network, no storage, no clock of its own. `engine.ts` carries it out.

/** `draft` is being written and never sent; `kept` waits on the phone; the others are the centre's answers. */
export type State = "draft" | "kept" | "received" | "waiting" | "asks" | "refused" | "settled";

export interface FileRef {
  sha256: string;
  name: string;
  size: number;
}

/** An entry as it is sent. It is made once and never changed: the same UUID is always the same content. */
export interface Entry {
  id: string;
  kind: string;
  made_at: string;
  offset_ms: number | null;
  lon: number | null;
  lat: number | null;
  accuracy: number | null;
  grid?: string;
  refers?: string;
  seen?: number;
  files: FileRef[];
  content: Record<string, unknown>;
}

export interface Answer {
  id: string;
  state: string;
  again?: boolean;
  number?: string;
  needs?: string[];
  code?: string;
  detail?: string;
  fields?: Record<string, string>;
}

/** What the phone knows of an entry's way. */
export interface Progress {
  state: State;
  number: string;
  needs: string[];
  code: string;
  detail: string;
  fields: Record<string, string>;
  /** when the centre has confirmed it, by the phone's clock; 0 until then */
  confirmed: number;
}

export const NEW: Progress = { state: "kept", number: "", needs: [], code: "", detail: "", fields: {}, confirmed: 0 };
export const MOST = 20;
export const MOST_BYTES = 200 * 1024;
export const LARGEST_PIECE = 128 * 1024;
export const KEPT_DAYS = 30;
const DAY = 86_400_000;
// The centre could not write it: nobody's fault, so it goes again.
const AGAIN = new Set(["internal", "too_many"]);
const ANSWERS = new Set<string>(["received", "waiting", "asks", "refused", "settled"]);

/** Whether the entry must still be sent: the centre has not said yet that it has it. */
export function isUnsent(state: State): boolean {
  return state === "kept";
}

/** Whether it may not be let go: without it something would be lost or a person would not learn of it. */
export function isOpen(state: State): boolean {
  return state !== "received" && state !== "settled";
}

/** Batches of at most `MOST` entries and about `MOST_BYTES`; one that is larger by itself goes alone. */
export function batches<T>(entries: readonly T[], most = MOST, bytes = MOST_BYTES): T[][] {
  const found: T[][] = [];
  let size = 0;
  for (const entry of entries) {
    const own = byteLength(JSON.stringify(entry));
    const last = found[found.length - 1];
    if (last && last.length < most && size + own <= bytes) {
      last.push(entry);
      size += own;
    } else {
      found.push([entry]);
      size = own;
    }
  }
  return found;
}

function byteLength(text: string): number {
  let length = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** What an answer makes of what was known. An answer that says nothing certain changes nothing; what the centre has
 *  confirmed once stays confirmed, whatever comes late. */
export function after(known: Progress, answer: Answer, now: number): Progress {
  if (!ANSWERS.has(answer.state)) return known;
  if (answer.state === "refused" && AGAIN.has(answer.code ?? "")) return known;
  if (known.confirmed && answer.state === "refused") {
    // carried out late and not accepted after all; but not because an older answer has overtaken
    if (known.state !== "waiting" && known.state !== "asks") return known;
  }
  const state = answer.state as State;
  return {
    state,
    number: answer.number ?? known.number,
    needs: state === "waiting" ? (answer.needs ?? []) : [],
    code: answer.code ?? "",
    detail: answer.detail ?? "",
    fields: answer.fields ?? {},
    confirmed: state === "refused" ? known.confirmed : known.confirmed || now,
  };
}

/** What `mine` of GET /sync makes of it: the state alone, for reasons and fields were told when it was sent. */
export function afterMine(known: Progress, mine: { state: string; number?: string | null; detail?: string }, now: number): Progress {
  if (known.state === "draft") return known;
  const needs = mine.state === "waiting" ? known.needs : [];
  const found = after(known, { id: "", state: mine.state, number: mine.number || known.number, needs }, now);
  if (found === known) return known;
  const same = found.state === known.state;
  return { ...found, code: same ? known.code : "", fields: same ? known.fields : {}, detail: mine.detail || (same ? known.detail : "") };
}

/** The next piece of a file of `size` bytes of which `have` are there; null when none is left. */
export function nextPiece(have: number, size: number, piece: number): [number, number] | null {
  const from = Math.max(0, Math.min(have, size));
  return from >= size ? null : [from, Math.min(size, from + Math.min(piece, LARGEST_PIECE))];
}

/** How long to wait after so many failures in a row: doubling from two seconds to five minutes, half of it by chance,
 *  so that a thousand phones that lost the same mast do not come back in the same second. */
export function backoff(failures: number, chance: number): number {
  const most = Math.min(300_000, 2000 * 2 ** Math.min(failures - 1, 10));
  return Math.round(most / 2 + (most / 2) * chance);
}

/** By how much the centre's clock is ahead, measured over one exchange; null when that took too long to tell. */
export function skew(sent: number, arrived: number, centre: string): number | null {
  const theirs = Date.parse(centre);
  if (Number.isNaN(theirs) || arrived < sent || arrived - sent > 20_000) return null;
  return Math.round(theirs - (sent + arrived) / 2);
}

/** Whether the copy on the phone may go: confirmed, with nothing open, and old enough or in the way. */
export function mayTrim(known: Progress, now: number, short: boolean): boolean {
  if (isOpen(known.state) || !known.confirmed) return false;
  return short || now - known.confirmed > KEPT_DAYS * DAY;
}

export interface Counts {
  unsent: number;
  waiting: number;
  needsYou: number;
}

export function count(states: readonly State[]): Counts {
  return {
    unsent: states.filter(isUnsent).length,
    waiting: states.filter((state) => state === "waiting").length,
    needsYou: states.filter((state) => state === "refused").length,
  };
}

/** The one line that says how things stand. */
export function summary(found: Counts, sending: boolean, online: boolean): string {
  if (found.needsYou) return `${found.needsYou}条需要您处理`;
  if (sending && (found.unsent || found.waiting)) return `正在发送，还有${found.unsent + found.waiting}条`;
  if (found.unsent) return `本机保存${found.unsent}条，${online ? "等待发送" : "有信号时自动发送"}`;
  if (found.waiting) return `${found.waiting}条中心在等文件或其他内容`;
  return "全部已收到";
}
