// Pages of the hall that stay open: kiosk, caller, ticket, walls. What is on the screen stays when the network is gone,
// and a press is sent again with the same key until it has been answered.
const RETRY = 2_000;
const A_DAY = 24 * 3_600_000;
let busy = false;
let spoken = -1; // the newest call that has been said; -1 before the first look
let sound: AudioContext | null = null;
const opened = Date.now();

export function hall(): void {
  if (document.querySelector("[data-live]")) watch();
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-retry]")) return;
    event.preventDefault();
    void send(form, event.submitter as HTMLButtonElement | null);
  });
  document.addEventListener("keydown", digit);
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-sound]")) allowSound();
  });
  home();
  if (document.querySelector("[data-sound]")) soundAllowed();
  say();
}

// The marker in the page says where to ask and how often; the answer is the whole page, or 204 for "as it was".
function watch(): void {
  const marker = document.querySelector<HTMLElement>("[data-live]");
  window.setTimeout(() => void look(), Number(marker?.dataset.every ?? 10_000));
}

async function look(): Promise<void> {
  const address = document.querySelector<HTMLElement>("[data-live]")?.dataset.live;
  if (!address) return;
  const typing = document.activeElement instanceof HTMLSelectElement || document.querySelector("details.menu[open]");
  if (!busy && !typing) {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.status === 401) return window.location.reload();
      if (answer.status >= 500) throw new Error(String(answer.status));
      offline(false);
      // weeks later there may be a newer page; while it is answered, load it anew once a day
      if (document.querySelector("[data-weeks]") && Date.now() - opened > A_DAY && !sound) return window.location.reload();
      if (answer.ok && answer.status !== 204 && !busy) show(await answer.text());
    } catch {
      offline(true);
    }
  }
  watch();
}

function show(html: string): void {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  const here = document.querySelector("main");
  if (!main || !here) return;
  const kept = (document.activeElement as HTMLElement | null)?.dataset.digit;
  here.replaceWith(main);
  if (kept) document.querySelector<HTMLElement>(`[data-digit="${kept}"]`)?.focus();
  if (sound) document.querySelector<HTMLElement>("[data-sound]")?.setAttribute("hidden", "");
  say();
}

async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  if (busy) return;
  busy = true;
  const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
  if (button?.name) body.append(button.name, button.value);
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  button?.setAttribute("aria-busy", "true");
  for (;;) {
    try {
      const answer = await fetch(address, { method: "POST", body });
      if (answer.status >= 500) throw new Error(String(answer.status));
      offline(false);
      if (answer.status === 403) window.location.reload();
      else if (form.matches("[data-go]") && answer.ok) window.location.assign(answer.url);
      else show(await answer.text());
      break;
    } catch {
      offline(true);
      await new Promise((done) => window.setTimeout(done, RETRY));
    }
  }
  busy = false;
}

function offline(is: boolean): void {
  document.querySelectorAll<HTMLElement>("[data-offline]").forEach((one) => (one.hidden = !is));
}

// One key for each button of the caller, outside of fields.
function digit(event: KeyboardEvent): void {
  const at = event.target as HTMLElement;
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (at.matches("input, textarea, select")) return;
  document.querySelector<HTMLElement>(`[data-digit="${event.key}"]`)?.click();
}

// A kiosk goes back to its first page by itself, after it has printed.
function home(): void {
  const marker = document.querySelector<HTMLElement>("[data-home]");
  if (!marker) return;
  if (marker.matches("[data-print-now]")) window.print();
  const back = async (): Promise<void> => {
    try {
      await fetch(marker.dataset.home ?? "", { cache: "no-store" });
      if (!busy) return window.location.assign(marker.dataset.home ?? "");
    } catch {
      // no network: what is on the screen stays
    }
    window.setTimeout(() => void back(), RETRY);
  };
  window.setTimeout(() => void back(), Number(marker.dataset.after));
}

// A screen's browser may be set to let pages sound by themselves; then nobody need click.
function soundAllowed(): void {
  const tried = new AudioContext();
  if (tried.state !== "running") return void tried.close();
  sound = tried;
  document.querySelector<HTMLElement>("[data-sound]")?.setAttribute("hidden", "");
}

// Browsers make no sound before somebody has clicked.
function allowSound(): void {
  sound = new AudioContext();
  chime();
  document.querySelector<HTMLElement>("[data-sound]")?.setAttribute("hidden", "");
}

function chime(): void {
  if (!sound) return;
  [660, 880].forEach((pitch, place) => {
    const tone = sound!.createOscillator();
    const volume = sound!.createGain();
    const from = sound!.currentTime + place * 0.25;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.4, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.5);
    tone.connect(volume).connect(sound!.destination);
    tone.start(from);
    tone.stop(from + 0.5);
  });
}

function say(): void {
  const calls = [...document.querySelectorAll<HTMLElement>("[data-call]")];
  const newest = Math.max(0, ...calls.map((one) => Number(one.dataset.call)));
  // a new day begins its versions anew
  const fresh = spoken < 0 ? [] : calls.filter((one) => newest < spoken || Number(one.dataset.call) > spoken).reverse();
  spoken = newest;
  fresh.forEach((one) => one.classList.add("wall-fresh"));
  if (!fresh.length || !sound) return;
  chime();
  if (!("speechSynthesis" in window)) return;
  for (const one of fresh) {
    const words = new SpeechSynthesisUtterance(one.dataset.say ?? "");
    words.lang = "zh-CN";
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  }
}
