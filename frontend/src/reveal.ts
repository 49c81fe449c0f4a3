// A button after each password field that shows what has been typed, until it is pressed again or the form is sent.
function beside(field: HTMLInputElement): void {
  const name = field.labels?.[0]?.firstChild?.textContent?.trim() ?? "密码";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  const box = document.createElement("div");
  box.className = "with-reveal";
  // what follows the field by its margin or its fault follows the box now
  for (const one of ["mb-3", "is-invalid"]) if (field.classList.contains(one)) box.classList.add(one);
  field.classList.remove("mb-3");
  const focused = document.activeElement === field;
  field.replaceWith(box);
  box.append(field, button);
  if (focused) field.focus();
  const show = (shown: boolean): void => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "隐藏" : "显示";
    button.setAttribute("aria-label", `${button.textContent}${name}`);
  };
  show(false);
  field.spellcheck = false; // what is shown goes to no spelling service
  field.autocapitalize = "off";
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  window.addEventListener("pagehide", () => show(false));
}

export function reveal(): void {
  document.querySelectorAll<HTMLInputElement>("input[type=password]").forEach(beside);
}
