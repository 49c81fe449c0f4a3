// The number of unread notices in the frame. Pages do not ask the database for it; this asks now and then, and keeps the
// answer for the next pages of the same tab.
const EVERY = 60_000;
const FRESH = 15_000;
const KEPT = "onedoor-unread";

export function unreadCount(): void {
  const badge = document.getElementById("unread");
  const address = badge?.dataset.address;
  if (!badge || !address) {
    sessionStorage.removeItem(KEPT); // nobody is signed in, and the next one may be somebody else
    return;
  }
  const show = (count: string): void => {
    badge.hidden = !count;
    badge.textContent = count;
    if (count) badge.insertAdjacentHTML("beforeend", '<span class="visually-hidden">条未读</span>');
  };
  // what is read here changes the number: the next page asks anew
  const here = document.querySelector("[data-notices]") !== null;
  const [at, count] = (sessionStorage.getItem(KEPT) ?? "").split(" ");
  show(count ?? "");
  let reading = here || at === "0"; // the server counts anew only for who has been reading
  const ask = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const answer = await fetch(reading ? `${address}?newest=1` : address, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const word = await answer.text();
      reading = here;
      sessionStorage.setItem(KEPT, `${here ? 0 : Date.now()} ${word}`);
      show(word);
    } catch {
      // no network for now; the next turn asks again
    }
  };
  if (here || Date.now() - Number(at ?? 0) > FRESH) void ask();
  window.setInterval(() => void ask(), EVERY);
}
