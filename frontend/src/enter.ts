// A form that is filled by Enter alone: it goes from one field that is needed to the next, and from the last to the
// button. Shift+Enter is a new line, Ctrl+Enter sends (`keyboard.ts`); while an input method composes, Enter is its own.
export function enterGoesOn(form: HTMLFormElement): void {
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!(field instanceof HTMLElement) || !field.matches("textarea[data-need], input:not([type=checkbox], [type=radio])")) return;
    event.preventDefault();
    const needed = [...form.querySelectorAll<HTMLElement>("[data-need]")].filter((one) => one.offsetParent !== null);
    const next = needed.find((one) => field.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    (next ?? form.querySelector<HTMLElement>("button.btn-primary"))?.focus();
  });
}
