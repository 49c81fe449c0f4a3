// The keyboard map that `?` shows. Letters work only outside of fields.
const PLACES: Record<string, string> = { w: "/desk/", c: "/desk/cases", n: "/desk/register", v: "/desk/visits", i: "/desk/inbox" };

export function keyboard(): void {
  let waiting = false;
  document.addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = at.closest("form");
      form?.requestSubmit(form.querySelector<HTMLElement>("button.btn-primary") ?? form.querySelector<HTMLElement>("button"));
      return;
    }
    if (at.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (waiting) {
      waiting = false;
      const place = PLACES[event.key];
      if (place) window.location.href = place;
      return;
    }
    if (event.key === "?") showKeys();
    else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("find")?.focus();
    } else if (event.key === "g") waiting = true;
    else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "Enter" && at === document.body)
      document.querySelector<HTMLAnchorElement>("tr.chosen a")?.click();
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-keys]")) showKeys();
  });
}

function showKeys(): void {
  const dialog = document.getElementById("keys");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-item]")];
  const at = rows.findIndex((row) => row.classList.contains("chosen"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  rows.forEach((row) => row.classList.toggle("chosen", row === next));
  next?.scrollIntoView({ block: "nearest" });
}
