// The little that the console does in the browser: clocks count down, changes come in, keys move about. Every page works without it.

const tell = (place, words) => { if (place) place.textContent = words; };
const parsed = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html; // made by our own templates, which escape what people wrote; the page's policy runs no script in it
  return holder.content;
};
const isWriting = () => [...document.querySelectorAll("textarea")].some((box) => box.value);
const typing = (element) => element instanceof Element && element.closest("input, textarea, select, [contenteditable]") !== null;

// -- clocks: the same words as console/remaining.py -------------------------------------------------------------------

const language = document.documentElement.lang;
const unit = (name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" });
const days = unit("day"), hours = unit("hour"), minutes = unit("minute");

function left(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const sign = milliseconds < 0 ? "−" : "";
  const h = Math.floor(seconds / 3600), m = Math.floor((seconds % 3600) / 60);
  if (h >= 48) return sign + days.format(Math.floor(h / 24));
  if (h && m) return `${sign}${hours.format(h)} ${minutes.format(m)}`;
  if (h) return sign + hours.format(h);
  if (m >= 10) return sign + minutes.format(m);
  return `${sign}${m}:${String(seconds % 60).padStart(2, "0")}`;
}

// A browser whose clock is wrong still counts rightly: by what the server said the time was.
const drift = Date.parse(document.body.dataset.now) - Date.now();

function tick() {
  const now = Date.now() + drift;
  for (const clock of document.querySelectorAll(".clock[data-due]")) {
    const rest = Date.parse(clock.dataset.due) - now;
    const words = left(rest), face = clock.querySelector(".left");
    if (face.textContent !== words) face.textContent = words;
    clock.classList.toggle("late", rest < 0);
    clock.classList.toggle("soon", rest >= 0 && rest < 15 * 60 * 1000);
  }
}
tick();
setInterval(tick, 1000);

// -- live: what is committed anywhere shows here ----------------------------------------------------------------------

function listen(address, handlers) {
  const lost = document.querySelector("[data-lost]");
  const source = new EventSource(address);
  source.addEventListener("open", () => { lost.hidden = true; document.documentElement.dataset.live = "yes"; });
  source.addEventListener("error", () => {
    lost.hidden = false;
    delete document.documentElement.dataset.live;
    // Refused for good: most likely logged out. The page itself says so, unless words would be lost.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => isWriting() || location.reload(), 3000);
  });
  for (const [event, handle] of Object.entries(handlers)) {
    source.addEventListener(event, (message) => { handle(JSON.parse(message.data)); tick(); });
  }
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted && !isWriting()) location.reload(); });
}

const queue = document.querySelector("table.queue[data-live]");
if (queue) {
  const body = queue.tBodies[0];
  const empty = document.querySelector("[data-empty]"), said = document.querySelector("[data-said]");
  const isFirstPage = queue.dataset.page === "1";
  const focusedRow = () => document.activeElement?.closest?.("tbody tr")?.id;
  const keepFocus = (id) => { if (id && !document.activeElement?.closest("tbody tr")) document.getElementById(id)?.querySelector("a")?.focus(); };

  listen(queue.dataset.live, {
    counts(counts) {
      for (const [view, count] of Object.entries(counts)) tell(document.querySelector(`[data-count="${view}"]`), count);
    },
    all({ rows, html }) {
      const shown = [...body.rows].map((row) => `${row.id}:${row.dataset.mark}`).join();
      if (shown === rows.map(([id, mark]) => `t${id}:${mark}`).join()) return;
      const focused = focusedRow();
      body.replaceChildren(parsed(html));
      keepFocus(focused);
      empty.hidden = rows.length > 0;
    },
    row({ id, html }) {
      const present = document.getElementById(`t${id}`);
      if (!present && !isFirstPage) return;
      const focused = focusedRow();
      const row = parsed(html).querySelector("tr");
      if (present) present.replaceWith(row); else body.prepend(row);
      keepFocus(focused);
      empty.hidden = true;
      tell(said, `${said.dataset.new} ${row.querySelector("th").textContent.trim()} ${row.querySelector(".fault").textContent.trim()}`);
    },
    gone({ id }) {
      document.getElementById(`t${id}`)?.remove();
      empty.hidden = body.rows.length > 0;
    },
  });

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a") && !getSelection().toString()) row.querySelector("a").click();
  });
}

const ticket = document.querySelector("[data-ticket]");
if (ticket) {
  const begun = new WeakSet(); // forms that somebody has begun: they keep the version they were begun with
  ticket.addEventListener("input", (event) => begun.add(event.target.form));
  for (const box of ticket.querySelectorAll("textarea")) if (box.value) begun.add(box.form);
  const log = () => ticket.querySelector(".notes");
  const toTheEnd = () => { const list = log(); if (list) list.scrollTop = list.scrollHeight; };
  toTheEnd();

  const replace = (place, html) => {
    const known = new Set([...place.querySelectorAll("[id]")].map((element) => element.id));
    const open = [...place.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    place.replaceChildren(parsed(html));
    for (const summary of place.querySelectorAll("details > summary")) summary.parentElement.open ||= open.includes(summary.textContent);
    for (const note of place.querySelectorAll(".notes > li[id]")) if (!known.has(note.id)) note.classList.add("fresh");
  };

  listen(ticket.dataset.ticket, {
    ticket({ version, mark, parts }) {
      if (ticket.dataset.mark === mark) return;
      ticket.dataset.mark = mark;
      for (const [name, html] of Object.entries(parts)) {
        const place = ticket.querySelector(`[data-part="${name}"]`);
        const isBusy = [...place.querySelectorAll("form")].some((form) => begun.has(form)) || (name === "actions" && place.contains(document.activeElement));
        if (!isBusy) replace(place, html);
      }
      for (const form of ticket.querySelectorAll("form[data-keep]")) if (!begun.has(form)) form.elements.version.value = version;
      toTheEnd();
    },
  });
}
document.querySelector("[data-notice]")?.focus();

// A form goes once: a second press while it is on its way does nothing.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// -- machines on record, under the serial number's field --------------------------------------------------------------

const serial = document.querySelector("input[data-machines]");
if (serial) {
  const list = document.getElementById(serial.getAttribute("list")), form = serial.form;
  let known = new Map(), asked = 0;
  serial.addEventListener("input", async () => {
    const chosen = known.get(serial.value);
    if (chosen) {
      for (const name of ["family", "brand", "model", "site"]) if (chosen[name] && form.elements[name]) form.elements[name].value = chosen[name];
      return;
    }
    const turn = ++asked;
    const answer = await fetch(`${serial.dataset.machines}?q=${encodeURIComponent(serial.value)}`).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    const { machines } = await answer.json();
    known = new Map(machines.map((machine) => [machine.serial, machine]));
    list.replaceChildren(...machines.map((machine) => {
      const option = document.createElement("option");
      option.value = machine.serial;
      option.label = [machine.serial, machine.brand, machine.model, machine.owner, machine.site].filter(Boolean).join(" · ");
      return option;
    }));
  });
}

// Another service asks other things: shown as soon as it is chosen.
const shows = document.querySelector("select[data-shows]"), shown = document.querySelector("[data-shown]");
if (shows && shown) {
  shown.hidden = true;
  shows.addEventListener("change", () => shows.form.requestSubmit(shown));
}

// -- keys -------------------------------------------------------------------------------------------------------------

const keys = document.getElementById("keys");
for (const button of document.querySelectorAll("[data-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
}

function moveBy(step) {
  const links = [...document.querySelectorAll("tbody th[scope=row] a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form && !event.isComposing) {
    event.preventDefault();
    const form = event.target.form, pressed = event.target.dataset.presses;
    form.requestSubmit(pressed ? form.querySelector(`button[value="${pressed}"]`) : null);
    return;
  }
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || keys?.open) return;
  const go = (path) => location.assign(`/console/${path}`);
  const does = {
    j: () => moveBy(1),
    k: () => moveBy(-1),
    "/": () => (document.querySelector("[data-search]") ?? { focus: () => go("queue") }).focus(),
    r: () => document.querySelector("[data-reply]")?.focus(),
    n: () => go("new"),
    q: () => go("queue"),
    "?": () => keys?.showModal(),
  }[event.key];
  if (does) { event.preventDefault(); does(); }
});

// -- copying a link ---------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  });
}
