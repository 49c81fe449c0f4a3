// An open page asks now and then whether the record has changed; the answer is one word for everybody.
const EVERY = 20_000;

export function livePage(): void {
  const note = document.getElementById("stale");
  const address = note?.dataset.address;
  if (!note || !address) return;
  const ask = async (): Promise<void> => {
    if (document.hidden || !note.hidden) return;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (answer.ok && (await answer.text()) !== note.dataset.stamp) note.hidden = false;
    } catch {
      // no network for now; the next turn asks again
    }
  };
  window.setInterval(() => void ask(), EVERY);
}
