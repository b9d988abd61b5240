// Owns where the reader is in the log: what is read stays in place, what is new is counted and announced.

import { body, byId, calm, embedded, log, scroll } from "./words.js";

let remainder = 0;
export let pinned = true; // the newest message is in view and stays there
let unread = 0; // while scrolled up
let unseen = 0; // while the page is hidden
let settleTimer = 0;

let nearTop = () => {};
/** What is done when the reader comes near the oldest message shown. */
export const whenNearTop = (callback) => (nearTop = callback);

export const toEnd = () => {
  pinned = true;
  scroll.scrollTop = scroll.scrollHeight;
  showPill();
};

/** Changes the log without moving what is being read. */
export function inPlace(change) {
  if (pinned) {
    change();
    toEnd();
    return;
  }
  const top = scroll.getBoundingClientRect().top;
  const cardTop = (view) => view?.querySelector(".card")?.getBoundingClientRect().top ?? NaN;
  const reading = [...log.children].find((view) => view.getBoundingClientRect().bottom > top && !view.matches(".note"));
  const before = cardTop(reading);
  change();
  const moved = reading?.isConnected ? cardTop(reading) - before + remainder : 0;
  if (!moved) return;
  const was = scroll.scrollTop;
  scroll.scrollTop = was + moved;
  remainder = (moved - (scroll.scrollTop - was)) % 1; // browsers scroll by whole pixels; many small losses would show
}

export function announce() {
  if (!pinned) unread += 1;
  showPill();
  if (embedded && parent !== window) parent.postMessage({ mendline: "news" }, location.origin);
  if (!document.hidden) return;
  unseen += 1;
  document.title = `(${unseen}) ${body.dataset.title}`;
  if (!calm.matches && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(60);
}

function showPill() {
  if (pinned) unread = 0;
  byId("pill").hidden = pinned || !unread;
  byId("pill-count").textContent = String(unread);
}

/** History is not read aloud. */
export function quietly() {
  log.setAttribute("aria-busy", "true");
  clearTimeout(settleTimer);
  settleTimer = setTimeout(() => log.removeAttribute("aria-busy"), 300);
}

/** The page is looked at again. */
export function seen() {
  unseen = 0;
  document.title = body.dataset.title;
}

scroll.addEventListener("scroll", () => {
  pinned = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 64;
  showPill();
  if (scroll.scrollTop < 200) nearTop();
}, { passive: true });
byId("pill").addEventListener("click", () => {
  scroll.scrollTo({ top: scroll.scrollHeight, behavior: calm.matches ? "auto" : "smooth" });
});

const stayAtEnd = new ResizeObserver(() => pinned && toEnd());
stayAtEnd.observe(scroll);
stayAtEnd.observe(log);
