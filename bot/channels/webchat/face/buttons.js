// Owns the buttons under a message. They stay pressable for ever: the desk answers an old one with the present truth.

import { keep, waiting } from "./keeping.js";
import { link, safeAddress } from "./safe.js";
import { element, icon, log, newId } from "./words.js";

/** What the buttons that ask for a place or a phone number do; each is given its button. */
const asked = { location: () => {}, contact: () => {} };
export const whenAsked = (kind, callback) => (asked[kind] = callback);

export function drawButtons(turn) {
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
    made.addEventListener("click", () => asked.location(made));
  } else if (button.kind === "contact") {
    made.prepend(icon("phone", "icon small"));
    made.addEventListener("click", () => asked.contact(made));
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
  markPressed(turn.view, wire);
  for (const one of turn.view.querySelectorAll("button.press")) one.setAttribute("aria-disabled", "true");
  clearTimeout(releaseTimer);
  releaseTimer = setTimeout(releaseButtons, 5_000);
}

export function markPressed(view, { id, ref }) {
  const buttons = view?.querySelectorAll("button.press") ?? [];
  for (const one of buttons) {
    const chosen = one.dataset.ref === ref;
    one.classList.toggle("chosen", chosen);
    one.classList.toggle("waits", chosen && waiting().some((item) => item.wire.id === id));
    if (chosen) one.dataset.press = id;
  }
}

// aria-disabled, not disabled: a disabled button would lose the keyboard's focus
export const releaseButtons = () => log.querySelectorAll(".press[aria-disabled]").forEach((one) => one.removeAttribute("aria-disabled"));
log.addEventListener("click", (event) => event.target.closest(".press[aria-disabled]") && event.stopImmediatePropagation(), true);

/** The press of that id has been taken. */
export function pressTaken(id) {
  for (const button of log.querySelectorAll(".press.waits")) if (button.dataset.press === id) button.classList.remove("waits");
}
