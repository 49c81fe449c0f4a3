// Speaking with the centre.

const API = "/api/v1";

/** The centre's no, with its code and the sentence for a person. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** No answer: no signal, or cut off in the middle of it. */
export class NoSignal extends Error {
  constructor() {
    super("现在没有信号，或者中心连接不上。");
  }
}

export interface Access {
  token: string;
  /** by which the phone of a closed account is told so, once its sign-in is dead */
  proof: string;
}

export interface Reply<T> {
  status: number;
  body: T;
  etag: string;
}

export interface Asked {
  method?: string;
  access?: Access;
  json?: unknown;
  piece?: ArrayBuffer;
  etag?: string;
  seconds?: number;
}

export async function ask<T>(path: string, asked: Asked = {}): Promise<Reply<T>> {
  const headers: Record<string, string> = {};
  if (asked.access) {
    headers.Authorization = `Bearer ${asked.access.token}`;
    headers["Device-Proof"] = asked.access.proof;
  }
  if (asked.json !== undefined) headers["Content-Type"] = "application/json";
  if (asked.piece) headers["Content-Type"] = "application/octet-stream";
  if (asked.etag) headers["If-None-Match"] = asked.etag;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), (asked.seconds ?? 60) * 1000);
  try {
    const answer = await fetch(API + path, {
      method: asked.method ?? (asked.json !== undefined ? "POST" : asked.piece ? "PUT" : "GET"),
      headers,
      body: asked.piece ?? (asked.json === undefined ? undefined : JSON.stringify(asked.json)),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: stop.signal,
    });
    const text = await answer.text();
    const etag = answer.headers.get("ETag") ?? "";
    if (answer.status === 304 || answer.status === 204) return { status: answer.status, body: {} as T, etag };
    const body = parsed(text);
    if (answer.ok && body) return { status: answer.status, body: body as T, etag };
    // A page instead of JSON comes from something between us: a hotel's sign-in, a gateway.
    if (!body || typeof body.code !== "string") throw new NoSignal();
    const fields = (body.fields ?? {}) as Record<string, string>;
    throw new Problem(answer.status, body.code, String(body.detail ?? "中心没有收。"), fields, body);
  } catch (error) {
    throw error instanceof Problem ? error : new NoSignal();
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
