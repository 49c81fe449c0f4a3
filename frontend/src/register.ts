// The registration form: the draft that survives the browser, one more party, and the hint that it may be here.
import { cards } from "./card";
import { enterGoesOn } from "./enter";

const QUIET = 1200;

export function registration(): void {
  const form = document.getElementById("register");
  if (!(form instanceof HTMLFormElement)) return;
  cards(form);
  enterGoesOn(form);
  const said = document.getElementById("draft-said");
  const same = document.getElementById("same");
  let timer = 0;
  let sent = false;

  // files stay here until the form itself is sent
  const typed = (): FormData => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };
  const post = (address: string): Promise<Response> =>
    fetch(address, { method: "POST", body: typed(), headers: { "HX-Request": "true" } });

  const keep = async (): Promise<void> => {
    if (sent) return;
    try {
      const answer = await post(form.dataset.draft ?? "");
      const text = await answer.text();
      if (said) said.textContent = answer.status < 500 ? text : "草稿没有保存，请检查网络。";
      if (!same || sent) return;
      const hint = await post(form.dataset.same ?? "");
      if (hint.ok) same.innerHTML = await hint.text();
    } catch {
      if (said) said.textContent = "草稿没有保存，请检查网络。";
    }
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void keep(), QUIET);
  });
  form.addEventListener("submit", () => {
    sent = true;
    window.clearTimeout(timer);
  });
  form.addEventListener("change", (event) => {
    const part = event.target;
    if (!(part instanceof HTMLSelectElement) || !part.name.endsWith(".part")) return;
    const name = part.closest("[data-party]")?.querySelector("[data-part-name]");
    if (name) name.textContent = part.selectedOptions[0]?.text ?? "";
  });
  document.getElementById("add-party")?.addEventListener("click", () => addParty());
}

function addParty(): void {
  const list = document.getElementById("parties");
  const last = list?.querySelector<HTMLElement>("[data-party]:last-of-type");
  if (!list || !last) return;
  const row = last.cloneNode(true) as HTMLElement;
  const places = [...list.querySelectorAll<HTMLSelectElement>("select[name$='.part']")].map((one) => Number(one.name.split(".")[1]));
  const place = Math.max(...places) + 1;
  row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select").forEach((one) => {
    one.name = one.name.replace(/^parties\.\d+\./, `parties.${place}.`);
    if (one.id) one.id = one.id.replace(/^p\d+-/, `p${place}-`);
    if (one instanceof HTMLInputElement) one.value = "";
    else one.selectedIndex = 0;
    one.classList.remove("is-invalid");
  });
  row.querySelectorAll("label").forEach((label) => (label.htmlFor = label.htmlFor.replace(/^p\d+-/, `p${place}-`)));
  const more = row.querySelector("details");
  if (more) more.open = true; // who it is has to be said
  const name = row.querySelector("[data-part-name]");
  if (name) name.textContent = row.querySelector<HTMLSelectElement>("select[name$='.part']")?.selectedOptions[0]?.text ?? "";
  row.querySelectorAll(".invalid-feedback").forEach((fault) => fault.remove());
  list.append(row);
  row.querySelector<HTMLInputElement>("input")?.focus();
}
