// Owns the turns of the conversation: one article a message, changed in place by its id, in order.

import { drawButtons, markPressed, pressTaken, releaseButtons } from "./buttons.js";
import { waiting } from "./keeping.js";
import { ask, everReady, hear, ready } from "./line.js";
import { drawFile } from "./look.js";
import { safeHtml } from "./safe.js";
import { announce, inPlace, quietly, toEnd, whenNearTop } from "./scrolling.js";
import { byId, clockTime, dayOf, element, icon, lang, log, say, text } from "./words.js";

const turns = new Map();
let newest = 0; // the highest place in the log
const turnOf = new WeakMap(); // article → turn
const noteKeys = new WeakMap(); // article of a local remark → its place
let older = { asked: Infinity, at: 0 }; // the place before which history was asked for, and when

/** turn: {id, key (its place), seq (of the newest version), from, who, at, pending, html|words, files, buttons, uploads, view} */
function newTurn(turn) {
  turn.view = element("article");
  turns.set(turn.id, turn);
  turnOf.set(turn.view, turn);
  return turn;
}

function receive(word) {
  if (word.old) quietly();
  const known = turns.get(word.id) ?? echoOf(word);
  if (known && word.seq < known.seq) {
    moveUp(known, word.seq);
    return;
  }
  const fresh = !known && word.seq > newest;
  newest = Math.max(newest, word.seq);
  if (word.from === "desk") releaseButtons();

  const turn = known ?? newTurn({ id: word.id, key: word.seq });
  if (known && known.id !== word.id) rename(known, word.id);
  const wasLocal = turn.local;
  Object.assign(turn, {
    from: word.from, who: word.who ?? null, at: new Date(word.at), pending: false, local: false, words: null,
    html: word.html, files: word.files ?? [], buttons: word.buttons ?? [], uploads: null, seq: word.seq,
  });
  if (wasLocal) turn.key = word.seq;
  inPlace(() => {
    draw(turn);
    if (!known || wasLocal) place(turn);
    else around(turn);
  });
  if (turn.buttons.length) for (const item of waiting()) if (item.wire.of === turn.id) markPressed(turn.view, item.wire);
  showEmpty();
  if (fresh && !word.old && word.from === "desk") announce();
}

/** History gives an edited message as it was before: it keeps its words, and takes its old place. */
function moveUp(turn, seq) {
  if (turn.key <= seq) return;
  turn.key = seq;
  const focused = turn.view.contains(document.activeElement) ? document.activeElement : null;
  const next = neighbour(turn.view, "nextElementSibling");
  inPlace(() => {
    turn.view.remove();
    if (next) headings(next);
    place(turn);
  });
  focused?.focus({ preventScroll: true });
}

/** Our own words coming back under another id are not shown twice. */
function echoOf(word) {
  if (word.from !== "me" || word.old) return null;
  const words = safeHtml(word.html).textContent.trim();
  for (const turn of turns.values()) {
    if (turn.local && !turn.pending && (turn.words ?? "").trim() === words && turn.files.length === (word.files ?? []).length) return turn;
  }
  return null;
}

function rename(turn, id) {
  turns.delete(turn.id);
  turn.id = id;
  turns.set(id, turn);
}

export function showWaiting(item) {
  const { id } = item.wire;
  if (item.wire.do === "scan") return; // nothing was written
  if (item.wire.do === "press") {
    markPressed(turns.get(item.wire.of)?.view, item.wire);
    return;
  }
  if (turns.has(id)) return;
  local(id, item.shown.words, item.shown.files, new Date(item.at));
}

/** Shows what was just written here, before anybody has taken it. */
export function local(id, words, files = [], at = new Date(), uploads = null) {
  const turn = newTurn({ id, key: Infinity, from: "me", who: null, at, pending: true, local: true, words, files, buttons: [], uploads });
  inPlace(() => {
    draw(turn);
    place(turn);
  });
  showEmpty();
  toEnd();
  return turn;
}

export function note(words) {
  const view = element("article", "turn note");
  view.append(element("p", "", words));
  noteKeys.set(view, newest + 0.5);
  log.append(view);
  toEnd();
}

export function forget(id) {
  const turn = turns.get(id);
  if (!turn) return;
  turns.delete(id);
  const next = neighbour(turn.view, "nextElementSibling");
  inPlace(() => {
    turn.view.remove();
    if (next) headings(next);
  });
  showEmpty();
}

function place(turn) {
  let before = log.lastElementChild;
  while (before && (before === turn.view || !(keyOf(before) <= turn.key))) before = before.previousElementSibling;
  if (before) before.after(turn.view);
  else log.prepend(turn.view);
  around(turn);
}

const keyOf = (view) => turnOf.get(view)?.key ?? noteKeys.get(view) ?? -Infinity;

/** The turn before or after, remarks skipped. */
function neighbour(view, side) {
  let other = view[side];
  while (other && !turnOf.has(other)) other = other[side];
  return other && turnOf.get(other);
}

function around(turn) {
  headings(turn);
  const next = neighbour(turn.view, "nextElementSibling");
  if (next) headings(next);
}

/** Day separator and name only where they change. */
function headings(turn) {
  const last = neighbour(turn.view, "previousElementSibling");
  const newDay = !last || last.at.toDateString() !== turn.at.toDateString();
  const follows = !newDay && last.from === turn.from && last.who === turn.who && turn.at - last.at < 600_000;
  turn.view.querySelector(".day").hidden = !newDay;
  turn.view.querySelector(".day").textContent = newDay ? dayOf(turn.at) : "";
  turn.view.classList.toggle("follows", follows);
}

function draw(turn) {
  const { view } = turn;
  const focused = view.contains(document.activeElement) ? document.activeElement : null;
  const focusedAt = focused ? [...view.querySelectorAll("a, button")].indexOf(focused) : -1;
  const focusedRef = focused?.dataset.ref;

  view.className = `turn ${turn.from === "me" ? "me" : "desk"}`;
  view.replaceChildren(element("h2", "day"), element("p", "who", turn.from === "me" ? say("you") : (turn.who ?? say("desk"))));
  const card = view.appendChild(element("div", "card"));

  const files = turn.uploads ?? turn.files.map(drawFile).filter(Boolean);
  if (files.length) {
    const tiles = files.every((file) => file.matches(".photo, .video"));
    const grid = card.appendChild(element("div", tiles ? `files tiles n${Math.min(files.length, 4)}` : "files"));
    grid.append(...files);
  }
  if (turn.words || turn.html) {
    const words = card.appendChild(element("div", "words"));
    if (turn.html != null) words.append(safeHtml(turn.html));
    else words.textContent = turn.words;
  }
  const foot = card.appendChild(element("p", "foot"));
  const time = foot.appendChild(element("time", "", clockTime.format(turn.at)));
  time.dateTime = turn.at.toISOString();
  time.title = turn.at.toLocaleString(lang);
  if (turn.from === "me") foot.append(element("span", "mark"));
  showState(turn);
  if (turn.buttons.length) view.append(drawButtons(turn));

  if (focused) {
    const again = [...view.querySelectorAll("a, button")];
    (again.find((one) => focusedRef && one.dataset.ref === focusedRef) ?? again[focusedAt] ?? text).focus({ preventScroll: true });
  }
}

export function redraw(turn) {
  turn.uploads = null;
  inPlace(() => {
    draw(turn);
    around(turn);
  });
}

function showState(turn) {
  const mark = turn.view.querySelector(".foot .mark");
  if (!mark) return;
  turn.view.classList.toggle("pending", turn.pending);
  mark.replaceChildren(icon(turn.pending ? "clock" : "tick", "icon tiny"), element("span", "unseen", say(turn.pending ? "pending" : "sent")));
}

function askOlder() {
  if (!ready) return;
  let first = Infinity;
  for (const turn of turns.values()) if (Number.isFinite(turn.key)) first = Math.min(first, turn.key);
  first = Math.floor(first);
  const answered = first < older.asked;
  if (!Number.isFinite(first) || first <= 1 || (!answered && older.asked === first)) return;
  if (Date.now() - older.at < 300) return;
  older = { asked: first, at: Date.now() };
  ask({ do: "older", before: first });
}

export const showEmpty = () => (byId("empty").hidden = turns.size > 0 || !everReady);

function taken({ id }) {
  const turn = turns.get(id);
  if (turn?.pending) {
    turn.pending = false;
    turn.key = newest + 0.5; // later than all that was said so far, earlier than what comes next
    if (turn.uploads) redraw(turn); // pictures from the desk's store can be opened
    else showState(turn);
  }
  pressTaken(id);
}

hear("ready", () => (older = { asked: Infinity, at: 0 }));
hear("taken", taken);
hear("message", receive);
hear("gone", ({ ids }) => {
  for (const id of ids ?? []) forget(id);
});
whenNearTop(askOlder);
