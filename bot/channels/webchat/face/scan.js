// Owns what a scanned label brings: the page was opened by it, and the desk is told of it once, whatever happens to the line.

import { keep, waiting } from "./keeping.js";
import { hear } from "./line.js";
import { base } from "./words.js";

/** The id comes with the address: loaded again before the desk has taken it, the page still tells of the same scan. */
export function tellOfScan() {
  const asked = new URLSearchParams(location.search);
  const label = asked.get("scan");
  const id = asked.get("as");
  if (!label || !id) return;
  hear("taken", (word) => word.id === id && history.replaceState(history.state, "", base));
  if (!waiting().some((item) => item.wire.id === id)) keep({ do: "scan", id, label }, {});
}
