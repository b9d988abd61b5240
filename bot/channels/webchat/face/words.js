// Owns the page's words and pieces: its texts, dates, ids, and how an element is made. Knows nothing of the chat.

export const body = document.body;
export const base = body.dataset.base;
export const embedded = body.classList.contains("embedded");
export const lang = document.documentElement.lang || "en";
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const byId = (id) => document.getElementById(id);

/** A sentence of the page's language, from the attribute data-say-<name> of the body. */
export const say = (name) => body.getAttribute(`data-say-${name}`) ?? "";

export const scroll = byId("scroll");
export const log = byId("log");
export const text = byId("text");

function inLanguage(make) {
  try {
    return make(lang);
  } catch {
    return make(undefined);
  }
}
export const clockTime = inLanguage((l) => new Intl.DateTimeFormat(l, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
const dayName = inLanguage((l) => new Intl.DateTimeFormat(l, { weekday: "long", day: "numeric", month: "long" }));
const dayAndYear = inLanguage((l) => new Intl.DateTimeFormat(l, { day: "numeric", month: "long", year: "numeric" }));
const relativeDay = inLanguage((l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));

export function dayOf(at) {
  const now = new Date();
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0 || days === -1) return relativeDay.format(days, "day");
  return (at.getFullYear() === now.getFullYear() ? dayName : dayAndYear).format(at);
}

/** A random id; crypto.randomUUID is missing on plain-http pages other than localhost. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function element(tag, className = "", content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

export function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use")).setAttribute("href", `#i-${name}`);
  return svg;
}
