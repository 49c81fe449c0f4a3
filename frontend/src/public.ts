// What every page for residents loads, after it can be read. Nothing there depends on it.
import "./public.css";

document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-print]")) window.print();
});

// Where I am now: an offer beside the words that say where, only where a browser can keep its word.
const place = document.querySelector<HTMLElement>("[data-place]");
if (place && "geolocation" in navigator && window.isSecureContext) {
  const said = document.querySelector<HTMLElement>("[data-located]");
  const forget = place.querySelector<HTMLElement>("[data-unlocate]");
  const keep = (lon: string, lat: string, words: string): void => {
    for (const [name, value] of [["lon", lon], ["lat", lat]] as const) {
      const field = document.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (field) field.value = value;
    }
    if (forget) forget.hidden = !lon;
    if (said) said.textContent = words;
  };
  place.hidden = false;
  place.querySelector("[data-locate]")?.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => keep(coords.longitude.toFixed(5), coords.latitude.toFixed(5), said?.dataset.yes ?? ""),
      () => keep("", "", said?.dataset.no ?? ""),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    ),
  );
  forget?.addEventListener("click", () => keep("", "", ""));
}

// An open page that changes by itself (a number in the queue): the marker says where to ask and how often.
const look = async (): Promise<void> => {
  const marker = document.querySelector<HTMLElement>("[data-live]");
  if (!marker?.dataset.live) return;
  const note = (): HTMLElement | null => document.querySelector<HTMLElement>("[data-offline]");
  if (!document.hidden) {
    try {
      const answer = await fetch(marker.dataset.live, { cache: "no-store" });
      if (answer.status >= 500) throw new Error(String(answer.status));
      const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (answer.ok && main) document.querySelector("main")?.replaceWith(main);
      note()?.setAttribute("hidden", "");
    } catch {
      note()?.removeAttribute("hidden");
    }
  }
  window.setTimeout(() => void look(), Number(marker.dataset.every ?? 10_000));
};
if (document.querySelector("[data-live]")) window.setTimeout(() => void look(), 10_000);

// My grid by where I am: the browser asks the person first; the server looks it up and keeps nothing.
const finding = document.querySelector<HTMLFormElement>("form[data-find-grid]");
if (finding && "geolocation" in navigator && window.isSecureContext) {
  finding.hidden = false;
  finding.addEventListener("submit", (event) => {
    event.preventDefault();
    const send = (lon: string, lat: string): void => {
      for (const [name, value] of [["lon", lon], ["lat", lat]] as const) (finding.elements.namedItem(name) as HTMLInputElement).value = value;
      finding.submit(); // not by the button, so it is not asked again
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => send(coords.longitude.toFixed(5), coords.latitude.toFixed(5)),
      () => send("", ""), // refused or not found: the page says so
      { timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
