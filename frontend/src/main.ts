// What every page loads. Pages work before this does.
import "@tabler/core/dist/css/tabler.min.css";
import "./style.css";
import htmx from "htmx.org";

// Nothing in our pages is evaluated from text, so a strict content security policy can stand.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
