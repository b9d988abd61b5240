// Owns the line to the desk: a socket that comes back by itself and says again what was not taken.
// What both sides say: docs/howto/web-chat-protocol.md.

import { isNow, keepDraft, letGo, ours, person, waiting } from "./keeping.js";
import { base, body, byId, lang, say } from "./words.js";

const NOT_IN = 4401; // the desk hangs up so when the session is over

let socket = null;
let chat = ""; // the desk's mark of the conversation that is on this page
export let ready = false;
export let everReady = false;
let newestHeard = 0; // of the desk's own words; what we wrote ourselves may come back sooner than what was said before
let tries = 0;
let patience = 15_000; // how long an item may stay untaken before the line is thought dead
let retryTimer = 0;
let bannerTimer = 0;
let watchTimer = 0;
let goneFor = 0; // when the line was lost
const sentOnThisLine = new Set();

const ears = { ready: [isReady], taken: [isTaken] };
/** Call *heard* with each word of that kind that the desk says. */
export const hear = (kind, heard) => (ears[kind] ??= []).push(heard);


export function connect() {
  clearTimeout(retryTimer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const address = new URL(`${base}/ws`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const line = new WebSocket(address);
  socket = line;
  const tooLong = setTimeout(() => line.close(), 12_000); // a network that swallows the handshake
  line.addEventListener("open", () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const scan = waiting().some((item) => item.wire.do === "scan" && ours(item));
    line.send(JSON.stringify({ do: "hello", locale: lang, zone, after: newestHeard, scan }));
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
    if (word.is === "message" && word.from === "desk") newestHeard = Math.max(newestHeard, word.seq);
    for (const hears of ears[word.is] ?? []) hears(word);
  });
  line.addEventListener("close", ({ code }) => {
    clearTimeout(tooLong);
    if (line !== socket) return;
    lost();
    if (code === NOT_IN) startAnew();
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
    startAnew();
  } catch {
    // no connection at all: go on trying
  }
}

export function connectNow() {
  if (ready) return;
  tries = 0;
  if (socket?.readyState === WebSocket.CONNECTING) return;
  connect();
}

export function hangUp() {
  const line = socket;
  if (!line) return;
  lost(); // at once: a dead line takes long to notice that it is closed
  line.close();
}

export function send() {
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

function isReady(word) {
  if (chat && word.chat !== chat) {
    startAnew(); // somebody else has signed in: what stands here is not theirs to see, what waits here not theirs to send
    return;
  }
  chat = word.chat;
  ready = true;
  everReady = true;
  tries = 0;
  goneFor = 0;
  if (word.person != null) isNow(word.person);
  byId("person").textContent = person;
  showLine();
  send();
}

function isTaken({ id }) {
  letGo(id);
  sentOnThisLine.delete(id);
  patience = 15_000;
  watch();
}

/** Ask something that need not be kept; nothing when there is no line. */
export function ask(wire) {
  if (ready) socket.send(JSON.stringify(wire));
}

function startAnew() {
  clearTimeout(retryTimer);
  keepDraft();
  location.reload();
}
