// A select that is found by typing: two characters, or the first letters of the pinyin, choose the first that fits.
export function finders(): void {
  document.querySelectorAll<HTMLSelectElement>("select[data-finder]").forEach(finder);
}

function finder(select: HTMLSelectElement): void {
  const field = document.createElement("input");
  field.className = "form-control finder";
  field.placeholder = select.dataset.finder ?? "";
  field.autocomplete = "off";
  field.id = `${select.id}-find`;
  field.setAttribute("aria-label", `${select.labels?.[0]?.firstChild?.textContent ?? ""}：${field.placeholder}`);
  // one stop of the Tab key for both: the list itself is reached by the arrow
  if (select.dataset.need !== undefined) field.dataset.need = "";
  delete select.dataset.need;
  select.tabIndex = -1;
  select.before(field);
  const options = [...select.options].filter((one) => one.value);
  field.addEventListener("input", () => {
    const typed = field.value.trim().toLowerCase();
    if (!typed) return;
    const begins = options.find((one) => (one.dataset.initials ?? "").startsWith(typed) || one.text.startsWith(typed));
    const found = begins ?? options.find((one) => (one.dataset.initials ?? "").includes(typed) || one.text.includes(typed));
    field.classList.toggle("is-invalid", !found);
    if (!found || select.value === found.value) return;
    select.value = found.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("keydown", (event) => {
    const chosen = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (!chosen && event.key !== "ArrowDown") return;
    // a form that goes on by Enter does so when something was found
    if (chosen && select.form?.dataset.enter !== undefined && select.value) return;
    event.preventDefault();
    event.stopPropagation();
    select.focus();
  });
}
