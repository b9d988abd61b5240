// The web chat in the browser: what a person writes is kept until the desk has taken it, what the desk says is shown in order.
// Each file beside this one owns one subject; here they are brought together and started.

import { releaseButtons } from "./buttons.js";
import { inHand } from "./files.js";
import { draft, keepDraft, ours, waiting, whenKept } from "./keeping.js";
import { connect, connectNow, hangUp, hear, send } from "./line.js";
import { tellOfScan } from "./scan.js";
import { pinned, seen, toEnd } from "./scrolling.js";
import { toast } from "./toast.js";
import { showEmpty, showWaiting } from "./turns.js";
import { byId, embedded, text } from "./words.js";
import { fit } from "./writing.js";

function showKept() {
  for (const item of waiting()) if (ours(item)) showWaiting(item);
}

whenKept(send);
hear("ready", () => {
  showKept();
  setTimeout(showEmpty, 400);
});
hear("toast", ({ text: words }) => {
  releaseButtons();
  toast(words);
});
hear("reload", () => {
  keepDraft();
  const when = Math.max(Math.random() * 1_500, 5_000 - performance.now()); // not all at once, and never in a tight circle
  const go = () => (inHand() ? setTimeout(go, 2_000) : location.reload());
  setTimeout(go, when);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  seen();
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

text.value = draft();
fit();
if (!embedded && matchMedia("(hover: hover) and (pointer: fine)").matches) text.focus({ preventScroll: true });
tellOfScan();
showKept();
connect();
