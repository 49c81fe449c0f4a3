// What lies on the phone is sealed under the device key, which the centre gives to this account on this phone, the same
// each time. On the phone that key lies wrapped under the PIN. Without the PIN, and after five wrong ones, only a new
// sign-in with the network brings it back.

const TEXT = new TextEncoder();
// A second or so of a cheap phone. Six digits hold off a person with the phone in his hand; who copies its memory and
// has machines can try them all, which is why tokens end and why the cache holds no more than the work needs.
export const ROUNDS = 250_000;
export const TRIES = 5;

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface Wrapped extends Sealed {
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
}

/** Whether this browser can encrypt: only over https, or on the machine itself. */
export function canEncrypt(): boolean {
  return typeof crypto !== "undefined" && !!crypto.subtle;
}

export function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

export function uuid(): string {
  const bytes = random(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = hexOf(bytes.buffer);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function hexOf(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256(data: ArrayBuffer): Promise<string> {
  return hexOf(await crypto.subtle.digest("SHA-256", data));
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The key that seals, from its 32 bytes. */
export function deviceKey(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function pinKey(pin: string, salt: BufferSource, rounds: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", TEXT.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function wrap(raw: BufferSource, pin: string, rounds = ROUNDS): Promise<Wrapped> {
  const salt = random(16);
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, rounds), raw);
  return { salt, rounds, iv, data };
}

/** The device key's bytes; null when the PIN is wrong. */
export async function unwrap(wrapped: Wrapped, pin: string): Promise<ArrayBuffer | null> {
  const key = await pinKey(pin, wrapped.salt, wrapped.rounds);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.iv }, key, wrapped.data).catch(() => null);
}

export async function sealBytes(key: CryptoKey, bytes: BufferSource): Promise<Sealed> {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

export function openBytes(key: CryptoKey, sealed: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data);
}

export function seal(key: CryptoKey, value: unknown): Promise<Sealed> {
  return sealBytes(key, TEXT.encode(JSON.stringify(value)));
}

export async function open<T>(key: CryptoKey, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(key, sealed))) as T;
}

/** Six digits that are neither all the same nor a row. */
export function pinFault(pin: string): string {
  if (!/^\d{6}$/.test(pin)) return "PIN 码是6位数字。";
  const steps = new Set([...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at])));
  const step = [...steps][0]!;
  return steps.size === 1 && Math.abs(step) <= 1 ? "这个 PIN 码太容易被猜到，请换一个。" : "";
}
