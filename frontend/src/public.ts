// What every page for residents loads, after it can be read. Nothing there depends on it.
import "./public.css";

// "By where I am": the browser asks the person first; the server looks it up and keeps nothing.
document.querySelectorAll<HTMLFormElement>("form[data-locate]").forEach((form) => {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  form.hidden = false;
  let found = false;
  form.addEventListener("submit", (event) => {
    if (found) return;
    event.preventDefault();
    const send = (lon: string, lat: string): void => {
      (form.elements.namedItem("lon") as HTMLInputElement).value = lon;
      (form.elements.namedItem("lat") as HTMLInputElement).value = lat;
      found = true;
      form.submit();
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => send(coords.longitude.toFixed(5), coords.latitude.toFixed(5)),
      () => send("", ""), // refused or not found: the page says so
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
});
