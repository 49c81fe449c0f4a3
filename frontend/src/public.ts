// What every page for residents loads, after it can be read. Nothing there depends on it.
import "./public.css";

document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-print]")) window.print();
});
