// A reader of identity cards types like a keyboard and ends with Enter. What it types into any field of a party (name,
// number, address, apart by tabs, commas or blanks, or the number alone) is put where it belongs; Enter sends nothing.
const NUMBER = /\d{17}[\dXx]/;

export function cards(form: HTMLFormElement): void {
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !(field instanceof HTMLInputElement) || !field.name.startsWith("parties.")) return;
    if (event.ctrlKey || event.metaKey) return;
    const number = NUMBER.exec(field.value)?.[0];
    const party = field.closest("[data-party]");
    if (!number || !party) return;
    event.preventDefault();
    fill(party, field, number);
  });
}

function fill(party: Element, field: HTMLInputElement, number: string): void {
  const of = (name: string): HTMLInputElement | null => party.querySelector(`input[name$=".${name}"]`);
  const parts = field.value.split(/[\t,，;；|]+|\s{1,}/).map((one) => one.trim()).filter((one) => one && !NUMBER.test(one));
  field.value = "";
  const put = (name: string, text: string | undefined): void => {
    const wanted = of(name);
    if (wanted && text) wanted.value = text;
  };
  put("id_number", number.toUpperCase());
  const more = of("id_number")?.closest("details");
  if (more) more.open = true; // what was read is seen
  put("name", parts.find((one) => one.length <= 20 && !/\d/.test(one)));
  put("address", parts.filter((one) => one.length > 5).pop());
  of("phone")?.focus();
  of("phone")?.dispatchEvent(new Event("input", { bubbles: true }));
}
