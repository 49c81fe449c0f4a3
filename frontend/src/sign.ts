// A signature drawn on the screen, by finger, pen or mouse. It is sent as a small PNG with the form.
export function signing(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-sign]");
  const pad = form?.querySelector<HTMLElement>("[data-pad]");
  const canvas = pad?.querySelector("canvas");
  const ink = canvas?.getContext("2d");
  const drawing = form?.querySelector<HTMLInputElement>("input[name=drawing]");
  if (!form || !pad || !canvas || !ink || !drawing) return;
  let down = false;
  let drawn = false;
  ink.lineWidth = 5;
  ink.lineCap = ink.lineJoin = "round";
  ink.strokeStyle = "#111";
  const place = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    down = drawn = true;
    ink.beginPath();
    ink.moveTo(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down) return;
    ink.lineTo(...place(event));
    ink.stroke();
  });
  const up = (): void => {
    down = false;
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  pad.querySelector("[data-clear]")?.addEventListener("click", () => {
    ink.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  });
  const show = (): void => {
    pad.hidden = form.querySelector<HTMLInputElement>("input[name=way]:checked")?.value !== "drawn";
  };
  form.addEventListener("change", show);
  show();
  form.addEventListener("submit", () => {
    drawing.value = !pad.hidden && drawn ? canvas.toDataURL("image/png") : "";
  });
}
