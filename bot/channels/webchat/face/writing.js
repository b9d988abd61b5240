// Owns the field in which a person writes, its menu, and what is sent from there.

import { whenAsked } from "./buttons.js";
import { addFiles, sendTray, somethingInTray, whenTrayChanges } from "./files.js";
import { keep, keepDraft } from "./keeping.js";
import { hideToast, toast } from "./toast.js";
import { local } from "./turns.js";
import { byId, newId, say, text } from "./words.js";

const showSend = () => byId("composer").classList.toggle("able", Boolean(text.value.trim() || somethingInTray()));

export function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  showSend();
}

function sayIt() {
  const words = text.value.trim();
  if (!words && !somethingInTray()) return;
  if (somethingInTray()) {
    sendTray(words);
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
      hideToast();
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

for (const [button, picker] of [["add-file", "pick-file"], ["add-camera", "pick-camera"]]) {
  byId(button).addEventListener("click", () => (showMenu(false), byId(picker).click()));
  byId(picker).addEventListener("change", (event) => {
    addFiles([...event.target.files]);
    event.target.value = "";
    text.focus({ preventScroll: true });
  });
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

whenTrayChanges(showSend);
whenAsked("location", sendPlace);
whenAsked("contact", sendPhone);
