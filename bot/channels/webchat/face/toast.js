// Owns the words that are shown for a moment.

import { byId } from "./words.js";

let toastTimer = 0;
export function toast(words) {
  const place = byId("toast");
  place.textContent = words;
  place.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (place.hidden = true), 4_000 + String(words).length * 60);
}

export const hideToast = () => (byId("toast").hidden = true);
