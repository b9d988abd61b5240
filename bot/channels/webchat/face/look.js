// Owns how the files of a message look, and a photo that is looked at closely.

import { link, shownAddress } from "./safe.js";
import { byId, element, icon, say } from "./words.js";

export function drawFile(file) {
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
