// Keeps the app's own files on the phone, so that it opens without signal. It holds no data and answers for nothing
// else: entries go through the page alone, and a new version of these files touches none of them.

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetches extends Waits {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(kind: "install" | "activate", act: (event: Waits) => void): void;
  addEventListener(kind: "fetch", act: (event: Fetches) => void): void;
  skipWaiting(): Promise<void>;
}
/** Written before this script by the server: the version, the page, and each file with its digest. */
declare const SHELL: { version: string; page: string; files: { url: string; integrity: string }[] };

const worker = self as unknown as Worker;
const NAME = `onedoor-field-${SHELL.version}`;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === SHELL.page && request.mode === "navigate") event.respondWith(kept(SHELL.page, request));
  else if (SHELL.files.some((file) => file.url === pathname + search)) event.respondWith(kept(pathname + search, request));
});

// All of a version or nothing of it: a file that is not the one of this version does not get in.
async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  const wanted = [{ url: SHELL.page, integrity: "" }, ...SHELL.files];
  const found = await Promise.all(
    wanted.map(({ url, integrity }) => fetch(url, { cache: "no-cache", credentials: "omit", ...(integrity ? { integrity } : {}) })),
  );
  if (!found.every((answer) => answer.ok)) throw new Error("not whole");
  await Promise.all(found.map((answer, at) => cache.put(wanted[at]!.url, answer)));
  // Open pages go on with the files they have loaded; the next start is the new version.
  await worker.skipWaiting();
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("onedoor-field-") && name !== NAME).map((name) => caches.delete(name)));
}

async function kept(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(url, { ignoreVary: true })) ?? fetch(request);
}
