// Owns what the desk has not taken yet, and the draft: both survive a lost connection, a reload and a closed tab.

import { base, body, text } from "./words.js";

const outboxKey = `mendline:outbox:${base}`;
const draftKey = `mendline:draft:${base}`;
const memory = new Map(); // stands in where the browser forbids storage (private windows) or has no room left

function read(key) {
  try {
    return memory.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
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

/** Who writes here; the desk says it anew on every line. */
export let person = body.dataset.person ?? "";
export const isNow = (name) => (person = name);

let kept = () => {};
/** What is done as soon as something new is kept. */
export const whenKept = (callback) => (kept = callback);

const writtenHere = new Set(); // ids made by this page, whatever the person is called meanwhile

/** Waiting items, oldest first. Always read afresh: other tabs of the same chat write there too. */
export function waiting() {
  let items = [];
  try {
    items = JSON.parse(read(outboxKey) ?? "[]");
  } catch {
    items = [];
  }
  return Array.isArray(items) ? items : [];
}

/** Nobody's words are sent under the name of the next person who signs in on the same device. */
export const ours = (item) => writtenHere.has(item.wire.id) || !item.person || !person || item.person === person;

export function keep(wire, shown) {
  writtenHere.add(wire.id);
  write(outboxKey, JSON.stringify([...waiting(), { wire, shown, person, at: new Date().toISOString() }]));
  kept();
}

export const letGo = (id) => write(outboxKey, JSON.stringify(waiting().filter((item) => item.wire.id !== id)));

export const draft = () => read(draftKey) ?? "";
export const keepDraft = () => write(draftKey, text.value);
