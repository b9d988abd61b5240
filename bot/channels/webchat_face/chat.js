// The web chat in the browser: what a person writes is kept until the desk has taken it, what the desk says is shown in order.
// Sections: words · keeping · line (the socket) · safe html · turns · scrolling · files · writing · start.

// ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const body = document.body;
const base = body.dataset.base;
const embedded = body.classList.contains("embedded");
const lang = document.documentElement.lang || "en";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const byId = (id) => document.getElementById(id);

/** A sentence of the page's language, from the attribute data-say-<name> of the body. */
const say = (name) => body.getAttribute(`data-say-${name}`) ?? "";

const scroll = byId("scroll");
const log = byId("log");
const text = byId("text");

function inLanguage(make) {
  try {
    return make(lang);
  } catch {
    return make(undefined);
  }
}
const clockTime = inLanguage((l) => new Intl.DateTimeFormat(l, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
const dayName = inLanguage((l) => new Intl.DateTimeFormat(l, { weekday: "long", day: "numeric", month: "long" }));
const dayAndYear = inLanguage((l) => new Intl.DateTimeFormat(l, { day: "numeric", month: "long", year: "numeric" }));
const relativeDay = inLanguage((l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));

function dayOf(at) {
  const now = new Date();
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0 || days === -1) return relativeDay.format(days, "day");
  return (at.getFullYear() === now.getFullYear() ? dayName : dayAndYear).format(at);
}

/** A random id; crypto.randomUUID is missing on plain-http pages other than localhost. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function element(tag, className = "", content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use")).setAttribute("href", `#i-${name}`);
  return svg;
}

// ── keeping: what the desk has not taken yet survives a lost connection, a reload and a closed tab ────────────────────

const outboxKey = `mendline:outbox:${base}`;
const draftKey = `mendline:draft:${base}`;
const memory = new Map(); // stands in where the browser forbids storage (private windows)

function read(key) {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(key, value);
    memory.delete(key);
  } catch {
    // kept in memory only: lasts as long as the page
  }
}

let person = body.dataset.person ?? "";
const writtenHere = new Set(); // ids made by this page, whatever the person is called meanwhile

/** Waiting items, oldest first. Always read afresh: other tabs of the same chat write there too. */
function waiting() {
  let items = [];
  try {
    items = JSON.parse(read(outboxKey) ?? "[]");
  } catch {
    items = [];
  }
  return Array.isArray(items) ? items : [];
}

/** Nobody's words are sent under the name of the next person who signs in on the same device. */
const ours = (item) => writtenHere.has(item.wire.id) || !item.person || !person || item.person === person;

function keep(wire, shown) {
  writtenHere.add(wire.id);
  write(outboxKey, JSON.stringify([...waiting(), { wire, shown, person, at: new Date().toISOString() }]));
  send();
}

const letGo = (id) => write(outboxKey, JSON.stringify(waiting().filter((item) => item.wire.id !== id)));

// ── line: the socket, coming back by itself ───────────────────────────────────────────────────────────────────────────

let socket = null;
let ready = false;
let everReady = false;
let lastSeq = 0;
let tries = 0;
let patience = 15_000; // how long an item may stay untaken before the line is thought dead
let retryTimer = 0;
let bannerTimer = 0;
let watchTimer = 0;
let goneFor = 0; // when the line was lost
const sentOnThisLine = new Set();

function connect() {
  clearTimeout(retryTimer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const address = new URL(`${base}/ws`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const line = new WebSocket(address);
  socket = line;
  const tooLong = setTimeout(() => line.close(), 12_000); // a network that swallows the handshake
  line.addEventListener("open", () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    line.send(JSON.stringify({ do: "hello", locale: lang, zone, after: lastSeq }));
  });
  line.addEventListener("message", (event) => {
    if (line !== socket) return;
    let word;
    try {
      word = JSON.parse(event.data);
    } catch {
      return;
    }
    if (word.is === "ready") clearTimeout(tooLong);
    hears[word.is]?.(word);
  });
  line.addEventListener("close", () => {
    clearTimeout(tooLong);
    if (line === socket) lost();
  });
}

function lost() {
  socket = null;
  ready = false;
  sentOnThisLine.clear();
  clearTimeout(watchTimer);
  goneFor ||= Date.now();
  showLine();
  const ceiling = Math.min(30_000, 500 * 2 ** tries);
  tries += 1;
  if (tries % 5 === 0) askWhetherStillWelcome();
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, 250 + Math.random() * ceiling); // full jitter: a restart is not followed by a stampede
}

/** A refused socket does not say why. When the page itself is refused by now, its door says what to do. */
async function askWhetherStillWelcome() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
    if (answer.type !== "opaqueredirect" && ![401, 403, 410].includes(answer.status)) return;
    keepDraft();
    location.reload();
  } catch {
    // no connection at all: go on trying
  }
}

function connectNow() {
  if (ready) return;
  tries = 0;
  if (socket?.readyState === WebSocket.CONNECTING) return;
  connect();
}

function hangUp() {
  const line = socket;
  if (!line) return;
  lost(); // at once: a dead line takes long to notice that it is closed
  line.close();
}

function send() {
  if (!ready) return;
  for (const item of waiting()) {
    if (sentOnThisLine.has(item.wire.id) || !ours(item)) continue;
    socket.send(JSON.stringify(item.wire));
    sentOnThisLine.add(item.wire.id);
  }
  watch();
}

function watch() {
  clearTimeout(watchTimer);
  if (!sentOnThisLine.size) return;
  watchTimer = setTimeout(() => {
    patience = Math.min(patience * 2, 240_000);
    hangUp();
  }, patience);
}

function showLine() {
  clearTimeout(bannerTimer);
  byId("state").textContent = ready ? say("online") : say(everReady ? "reconnecting" : "connecting");
  body.classList.toggle("connected", ready);
  if (ready) {
    byId("banner").hidden = true;
    return;
  }
  const away = goneFor ? Date.now() - goneFor : 0;
  const show = () => {
    byId("banner-text").textContent = say(Date.now() - goneFor > 8_000 || !navigator.onLine ? "offline" : "reconnecting");
    byId("banner").hidden = false;
  };
  if (away > 1_200) show();
  else bannerTimer = setTimeout(() => !ready && goneFor && show(), 1_200 - away); // a blink is not worth a banner
}

const hears = {
  ready(word) {
    ready = true;
    everReady = true;
    tries = 0;
    goneFor = 0;
    older = { asked: Infinity, at: 0 };
    if (word.person != null) person = word.person;
    byId("person").textContent = person;
    showLine();
    for (const item of waiting()) if (ours(item)) showWaiting(item);
    send();
    goOnUploading();
    setTimeout(showEmpty, 400);
  },
  taken({ id }) {
    letGo(id);
    sentOnThisLine.delete(id);
    patience = 15_000;
    watch();
    const turn = turns.get(id);
    if (turn?.pending) {
      turn.pending = false;
      turn.key = lastSeq + 0.5; // later than all that was said so far, earlier than what comes next
      if (turn.uploads) redraw(turn); // pictures from the desk's store can be opened
      else showState(turn);
    }
    for (const button of log.querySelectorAll(".press.waits")) if (button.dataset.press === id) button.classList.remove("waits");
  },
  message(word) {
    receive(word);
  },
  toast({ text: words }) {
    releaseButtons();
    toast(words);
  },
  gone({ ids }) {
    for (const id of ids ?? []) forget(id);
  },
  reload() {
    keepDraft();
    const when = Math.max(Math.random() * 1_500, 5_000 - performance.now()); // not all at once, and never in a tight circle
    const go = () => (tray.length || albums.size ? setTimeout(go, 2_000) : location.reload());
    setTimeout(go, when);
  },
};

// ── safe html: the desk escapes what it sends; this is the second lock ────────────────────────────────────────────────

const ALLOWED = new Set(["B", "I", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE", "BR"]);
const SWALLOWED = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED NOSCRIPT SVG MATH TITLE TEXTAREA SELECT XMP".split(" "));

/** An address that may be opened or shown, absolute; null for everything that is not web, mail or telephone. */
function safeAddress(address, schemes = ["http:", "https:", "mailto:", "tel:"]) {
  try {
    const url = new URL(address, location.href);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
const shownAddress = (address) => (address ? safeAddress(address, ["http:", "https:"]) : null);

/** A fragment with the allowed elements only, all attributes dropped but a safe href. */
function safeHtml(html) {
  const parsed = new DOMParser().parseFromString(String(html ?? ""), "text/html");
  const clean = document.createDocumentFragment();
  copySafely(parsed.body, clean);
  return clean;
}

function copySafely(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.data);
    } else if (node.nodeType === Node.ELEMENT_NODE && !SWALLOWED.has(node.tagName.toUpperCase())) {
      let into = to;
      if (ALLOWED.has(node.tagName)) {
        const href = node.tagName === "A" ? safeAddress(node.getAttribute("href") ?? "") : null;
        if (node.tagName !== "A" || href) {
          into = to.appendChild(document.createElement(node.tagName));
          if (href) link(into, href);
          if (node.tagName === "PRE") into.tabIndex = 0; // scrolls sideways: the keyboard must reach it
        }
      }
      copySafely(node, into);
    }
  }
}

function link(anchor, href) {
  anchor.href = href;
  if (/^https?:/.test(href)) anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
}

// ── turns: one article a message, upserted by id ────────────────────────────────────────────────────────────────────

const turns = new Map();
const turnOf = new WeakMap(); // article → turn
const noteKeys = new WeakMap(); // article of a local remark → its place
let older = { asked: Infinity, at: 0 };
let settleTimer = 0;

/** turn: {id, key, from, who, at, pending, html|words, files, buttons, uploads, view} */
function newTurn(turn) {
  turn.view = element("article");
  turns.set(turn.id, turn);
  turnOf.set(turn.view, turn);
  return turn;
}

function receive(word) {
  if (word.old) quietly();
  const known = turns.get(word.id) ?? echoOf(word);
  const fresh = !known && word.seq > lastSeq;
  lastSeq = Math.max(lastSeq, word.seq ?? 0);
  if (word.from === "desk") releaseButtons();

  const turn = known ?? newTurn({ id: word.id, key: word.seq });
  if (known && known.id !== word.id) rename(known, word.id);
  const wasLocal = turn.local;
  Object.assign(turn, {
    from: word.from, who: word.who ?? null, at: new Date(word.at), pending: false, local: false, words: null,
    html: word.html, files: word.files ?? [], buttons: word.buttons ?? [], uploads: null,
  });
  if (wasLocal) turn.key = word.seq;
  inPlace(() => {
    draw(turn);
    if (!known || wasLocal) place(turn);
    else around(turn);
  });
  if (turn.buttons.length) for (const item of waiting()) if (item.wire.of === turn.id) markPressed(item.wire);
  showEmpty();
  if (fresh && !word.old && word.from === "desk") announce();
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

function showWaiting(item) {
  const { id } = item.wire;
  if (item.wire.do === "press") {
    markPressed(item.wire);
    return;
  }
  if (turns.has(id)) return;
  local(id, item.shown.words, item.shown.files, new Date(item.at));
}

/** Shows what was just written here, before anybody has taken it. */
function local(id, words, files = [], at = new Date(), uploads = null) {
  const turn = newTurn({ id, key: Infinity, from: "me", who: null, at, pending: true, local: true, words, files, buttons: [], uploads });
  inPlace(() => {
    draw(turn);
    place(turn);
  });
  showEmpty();
  toEnd();
  return turn;
}

function note(words) {
  const view = element("article", "turn note");
  view.append(element("p", "", words));
  noteKeys.set(view, lastSeq + 0.5);
  log.append(view);
  toEnd();
}

function forget(id) {
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

function redraw(turn) {
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

function drawFile(file) {
  const address = shownAddress(file.url);
  if (!address) return null;
  if (file.kind === "photo") {
    const tile = element("button", "photo");
    tile.type = "button";
    tile.setAttribute("aria-label", file.name ? `${say("photo")}: ${file.name}` : say("photo"));
    const image = tile.appendChild(element("img"));
    image.alt = "";
    image.loading = "lazy";
    image.decoding = "async";
    image.src = address;
    tile.addEventListener("click", () => lookAt(address, file.name));
    return tile;
  }
  if (file.kind === "video" || file.kind === "audio") {
    const player = element(file.kind, file.kind);
    player.controls = true;
    player.preload = "metadata";
    player.src = address;
    player.setAttribute("aria-label", file.name || say(file.kind));
    return player;
  }
  const anchor = element("a", "sheet");
  link(anchor, address);
  anchor.append(icon("file"), element("span", "", file.name || say("file")));
  return anchor;
}

const look = byId("look");
function lookAt(address, name) {
  byId("look-image").src = address;
  byId("look-image").alt = name ?? "";
  byId("look-open").href = address;
  look.showModal();
}
look.addEventListener("click", (event) => event.target.closest("a") || look.close());

// Buttons under a message. They stay pressable for ever: the desk answers an old one with the present truth.

function drawButtons(turn) {
  const rows = element("div", "buttons");
  for (const row of turn.buttons) {
    const line = rows.appendChild(element("div", row.length > 3 ? "row many" : "row"));
    for (const button of row) line.append(drawButton(turn, button));
  }
  return rows;
}

function drawButton(turn, button) {
  const looks = `press ${["primary", "danger"].includes(button.style) ? button.style : ""}`;
  if (button.kind === "link") {
    const anchor = element("a", looks, button.label);
    const href = safeAddress(button.url ?? "");
    if (href) link(anchor, href);
    anchor.append(icon("out", "icon small"));
    return anchor;
  }
  const made = element("button", looks, button.label);
  made.type = "button";
  if (button.ref) made.dataset.ref = button.ref;
  if (button.kind === "location") {
    made.prepend(icon("place", "icon small"));
    made.addEventListener("click", () => sendPlace(made));
  } else if (button.kind === "contact") {
    made.prepend(icon("phone", "icon small"));
    made.addEventListener("click", sendPhone);
  } else {
    made.addEventListener("click", () => press(turn, button));
  }
  return made;
}

let releaseTimer = 0;

function press(turn, button) {
  const again = waiting().find((item) => item.wire.do === "press" && item.wire.of === turn.id && item.wire.ref === button.ref);
  const wire = again?.wire ?? { do: "press", id: newId(), ref: button.ref, of: turn.id };
  if (!again) keep(wire, {});
  markPressed(wire);
  for (const one of turn.view.querySelectorAll("button.press")) one.setAttribute("aria-disabled", "true");
  clearTimeout(releaseTimer);
  releaseTimer = setTimeout(releaseButtons, 5_000);
}

function markPressed({ id, of, ref }) {
  const buttons = turns.get(of)?.view.querySelectorAll("button.press") ?? [];
  for (const one of buttons) {
    const chosen = one.dataset.ref === ref;
    one.classList.toggle("chosen", chosen);
    one.classList.toggle("waits", chosen && waiting().some((item) => item.wire.id === id));
    if (chosen) one.dataset.press = id;
  }
}

// aria-disabled, not disabled: a disabled button would lose the keyboard's focus
const releaseButtons = () => log.querySelectorAll(".press[aria-disabled]").forEach((one) => one.removeAttribute("aria-disabled"));
log.addEventListener("click", (event) => event.target.closest(".press[aria-disabled]") && event.stopImmediatePropagation(), true);

// ── scrolling ─────────────────────────────────────────────────────────────────────────────────────────────────────────

let remainder = 0;
let pinned = true; // the newest message is in view and stays there
let unread = 0; // while scrolled up
let unseen = 0; // while the page is hidden

const toEnd = () => {
  pinned = true;
  scroll.scrollTop = scroll.scrollHeight;
  showPill();
};

/** Changes the log without moving what is being read. */
function inPlace(change) {
  if (pinned) {
    change();
    toEnd();
    return;
  }
  const top = scroll.getBoundingClientRect().top;
  const cardTop = (view) => view?.querySelector(".card")?.getBoundingClientRect().top ?? NaN;
  const reading = [...log.children].find((view) => view.getBoundingClientRect().bottom > top && turnOf.has(view));
  const before = cardTop(reading);
  change();
  const moved = reading?.isConnected ? cardTop(reading) - before + remainder : 0;
  if (!moved) return;
  const was = scroll.scrollTop;
  scroll.scrollTop = was + moved;
  remainder = (moved - (scroll.scrollTop - was)) % 1; // browsers scroll by whole pixels; many small losses would show
}

function announce() {
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
function quietly() {
  log.setAttribute("aria-busy", "true");
  clearTimeout(settleTimer);
  settleTimer = setTimeout(() => log.removeAttribute("aria-busy"), 300);
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
  socket.send(JSON.stringify({ do: "older", before: first }));
}

scroll.addEventListener("scroll", () => {
  pinned = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 64;
  showPill();
  if (scroll.scrollTop < 200) askOlder();
}, { passive: true });
byId("pill").addEventListener("click", () => {
  scroll.scrollTo({ top: scroll.scrollHeight, behavior: calm.matches ? "auto" : "smooth" });
});

const stayAtEnd = new ResizeObserver(() => pinned && toEnd());
stayAtEnd.observe(scroll);
stayAtEnd.observe(log);

const showEmpty = () => (byId("empty").hidden = turns.size > 0 || !everReady);

let toastTimer = 0;
function toast(words) {
  const place = byId("toast");
  place.textContent = words;
  place.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (place.hidden = true), 4_000 + String(words).length * 60);
}

// ── files: uploaded while the caption is still being written ──────────────────────────────────────────────────────────

let tray = [];
const albums = new Set(); // sent off by the person, still uploading
let uploading = 0;

function addFiles(list) {
  for (const file of list) {
    const kind = { image: "photo", video: "video", audio: "audio" }[file.type.split("/")[0]] ?? "file";
    const loose = { file, kind, state: "waiting", tries: 0, token: null, shown: null };
    loose.tile = drawUpload(loose);
    tray.push(loose);
  }
  showTray();
  startUploads();
}

function drawUpload(loose) {
  const tile = element("div", `upload ${loose.kind}`);
  tile.title = loose.file.name;
  const named = loose.kind === "file" || loose.kind === "audio";
  tile.append(icon(loose.kind), element("span", named ? "" : "unseen", loose.file.name || say(loose.kind)));
  const bar = tile.appendChild(element("progress"));
  bar.max = 1;
  bar.value = 0;
  if (loose.kind === "photo") thumbnail(loose.file).then((picture) => picture && tile.querySelector(".icon")?.replaceWith(picture));
  return tile;
}

/** A small canvas of the picture, so that no blob: address is needed; null for formats that the browser cannot read. */
async function thumbnail(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 640 / Math.max(bitmap.width, bitmap.height));
    const canvas = element("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  } catch {
    return null;
  }
}

function showTray() {
  const rows = tray.map((loose) => {
    const row = element("li");
    const remove = element("button", "remove");
    remove.type = "button";
    remove.setAttribute("aria-label", `${say("remove")}: ${loose.file.name || say(loose.kind)}`);
    remove.append(icon("close", "icon small"));
    remove.addEventListener("click", () => {
      tray = tray.filter((one) => one !== loose);
      loose.state = "dropped";
      loose.request?.abort();
      showTray();
      text.focus();
    });
    row.append(loose.tile, remove);
    return row;
  });
  byId("tray").replaceChildren(...rows);
  byId("tray").hidden = !rows.length;
  showSend();
}

const loosePieces = () => [...[...albums].flatMap((album) => album.pieces), ...tray];

function startUploads() {
  for (const loose of loosePieces()) if (uploading < 2 && loose.state === "waiting") upload(loose);
}

function goOnUploading() {
  for (const loose of loosePieces()) if (loose.state === "halted") loose.state = "waiting";
  startUploads();
}

function upload(loose) {
  loose.state = "going";
  uploading += 1;
  const request = new XMLHttpRequest(); // fetch does not tell how far an upload has come
  loose.request = request;
  const form = new FormData();
  form.append("file", loose.file, loose.file.name || `${loose.kind}.jpg`);
  request.open("POST", `${base}/upload`);
  request.setRequestHeader("X-Mendline", "1");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) loose.tile.querySelector("progress").value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    uploading -= 1;
    if (loose.state !== "dropped") uploaded(loose, request);
    startUploads();
  });
  request.send(form);
}

function uploaded(loose, request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // a proxy's own error page
  }
  if (request.status === 200 && answer.token) {
    loose.state = "done";
    loose.token = answer.token;
    loose.shown = { url: answer.url, kind: answer.kind, name: answer.name };
    loose.tile.classList.add("done");
  } else if (request.status >= 400 && request.status < 500 && request.status !== 408 && request.status !== 429) {
    loose.state = "refused";
    loose.tile.remove();
    tray = tray.filter((one) => one !== loose);
    showTray();
    note(answer.say || say("refused"));
  } else {
    loose.state = "halted"; // goes on when the line is back, or after a while
    loose.tile.querySelector("progress").removeAttribute("value");
    if (loose.tries === 0 && ready) toast(say("upload-waits")); // without a line the banner has said it
    setTimeout(() => loose.state === "halted" && ((loose.state = "waiting"), startUploads()), 2_000 * 2 ** Math.min(loose.tries, 5));
    loose.tries += 1;
  }
  for (const album of albums) settle(album);
}

function sendAlbum(words) {
  const pieces = tray;
  tray = [];
  const album = { id: newId(), pieces, words };
  album.turn = local(album.id, words, pieces, new Date(), pieces.map((loose) => loose.tile));
  showTray();
  albums.add(album);
  settle(album);
}

function settle(album) {
  if (album.pieces.some((loose) => loose.state !== "done" && loose.state !== "refused")) return;
  albums.delete(album);
  const done = album.pieces.filter((loose) => loose.state === "done");
  album.turn.files = done.map((loose) => loose.shown);
  if (done.length) {
    const files = done.map((loose) => loose.token);
    keep({ do: "files", id: album.id, files, text: album.words }, { words: album.words, files: album.turn.files });
  } else if (album.words) {
    redraw(album.turn);
    keep({ do: "say", id: album.id, text: album.words }, { words: album.words });
  } else {
    forget(album.id);
  }
}

addEventListener("beforeunload", (event) => {
  if (tray.length || albums.size) event.preventDefault();
});

for (const [button, picker] of [["add-file", "pick-file"], ["add-camera", "pick-camera"]]) {
  byId(button).addEventListener("click", () => (showMenu(false), byId(picker).click()));
  byId(picker).addEventListener("change", (event) => {
    addFiles([...event.target.files]);
    event.target.value = "";
    text.focus({ preventScroll: true });
  });
}

addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || event.clipboardData.types.includes("text/plain")) return; // office programs add a picture of the text
  event.preventDefault();
  addFiles(files);
});

let dragDepth = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const showDrop = (depth) => (byId("drop").hidden = (dragDepth = Math.max(0, depth)) === 0);
addEventListener("dragenter", (event) => carriesFiles(event) && (event.preventDefault(), showDrop(dragDepth + 1)));
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("dragleave", (event) => carriesFiles(event) && showDrop(dragDepth - 1));
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  showDrop(0);
  addFiles([...event.dataTransfer.files]);
});

// ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const keepDraft = () => write(draftKey, text.value);
const showSend = () => byId("composer").classList.toggle("able", Boolean(text.value.trim() || tray.length));

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  showSend();
}

function sayIt() {
  const words = text.value.trim();
  if (!words && !tray.length) return;
  if (tray.length) {
    sendAlbum(words);
  } else {
    const id = newId();
    local(id, words);
    keep({ do: "say", id, text: words }, { words });
  }
  text.value = "";
  text.inputMode = "text";
  text.placeholder = say("write");
  keepDraft();
  fit();
  text.focus({ preventScroll: true });
}

function sendPlace(button) {
  showMenu(false);
  if (!navigator.geolocation || !isSecureContext) {
    toast(say("no-place"));
    return;
  }
  toast(say("locating"));
  button?.setAttribute("aria-disabled", "true");
  const done = () => button?.removeAttribute("aria-disabled");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      done();
      byId("toast").hidden = true;
      const id = newId();
      const words = `📍 ${say("place")}`;
      local(id, words);
      keep({ do: "place", id, lat: coords.latitude, lon: coords.longitude }, { words });
    },
    () => (done(), toast(say("no-place"))),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
}

/** Where the browser can pick a contact, that; elsewhere the number is typed. */
async function sendPhone() {
  try {
    const [contact] = (await navigator.contacts?.select(["tel"], { multiple: false })) ?? [];
    if (contact?.tel?.[0]) text.value = contact.tel[0];
  } catch {
    // not allowed, or closed without choosing
  }
  text.inputMode = "tel";
  text.placeholder = say("phone");
  fit();
  text.focus();
}

function showMenu(open) {
  byId("menu").hidden = !open;
  byId("more").setAttribute("aria-expanded", String(open));
  if (open) byId("menu").querySelector("button:not([hidden])").focus();
}

byId("more").addEventListener("click", () => showMenu(byId("menu").hidden));
byId("add-place").addEventListener("click", () => sendPlace(null));
byId("menu").addEventListener("keydown", (event) => {
  const items = [...byId("menu").querySelectorAll("button")].filter((one) => one.offsetParent);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("menu").hidden) return;
  showMenu(false);
  byId("more").focus();
});
addEventListener("pointerdown", (event) => {
  if (!byId("menu").hidden && !event.target.closest("#menu, #more")) showMenu(false);
});

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sayIt();
});
byId("send").addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard of a phone stays open
text.addEventListener("input", () => (fit(), keepDraft()));
text.addEventListener("keydown", (event) => {
  // 229: some browsers end the composition before they report the Enter that ended it
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sayIt();
});

// ── start ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = body.dataset.title;
  connectNow();
});
addEventListener("online", connectNow);
addEventListener("offline", hangUp);
addEventListener("pageshow", (event) => event.persisted && connectNow());
byId("banner-now").addEventListener("click", connectNow);

// iOS lays the keyboard over the page instead of shrinking it
visualViewport?.addEventListener("resize", () => {
  document.documentElement.style.setProperty("--tall", `${Math.round(visualViewport.height * visualViewport.scale)}px`);
  if (pinned) toEnd();
});

text.value = read(draftKey) ?? "";
fit();
if (!embedded && matchMedia("(hover: hover) and (pointer: fine)").matches) text.focus({ preventScroll: true });
for (const item of waiting()) if (ours(item)) showWaiting(item);
connect();
