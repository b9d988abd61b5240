// Owns the files that are to be sent: uploaded while the caption is still being written.

import { keep } from "./keeping.js";
import { hear, ready } from "./line.js";
import { toast } from "./toast.js";
import { forget, local, note, redraw } from "./turns.js";
import { base, body, byId, element, icon, newId, say, text } from "./words.js";

const AT_ONCE = 10; // files of one saying

let tray = [];
const albums = new Set(); // sent off by the person, still uploading
let uploading = 0;

let changed = () => {};
/** What is done when a file is added to what is being written, or taken away. */
export const whenTrayChanges = (callback) => (changed = callback);

export const somethingInTray = () => tray.length > 0;
/** Whether leaving the page now would lose a file. */
export const inHand = () => tray.length > 0 || albums.size > 0;

export function addFiles(list) {
  for (const file of list) {
    if (file.size > Number(body.dataset.mostBytes)) {
      note(say("too-big")); // told before it is carried over the line
      continue;
    }
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
  changed();
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

/** Send the tray; more files than one saying carries go in several, the words with the first. */
export function sendTray(words) {
  const pieces = tray;
  tray = [];
  showTray();
  for (let first = 0; first < pieces.length; first += AT_ONCE) {
    sendAlbum(pieces.slice(first, first + AT_ONCE), first ? "" : words);
  }
}

function sendAlbum(pieces, words) {
  const album = { id: newId(), pieces, words };
  album.turn = local(album.id, words, pieces, new Date(), pieces.map((loose) => loose.tile));
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
  if (inHand()) event.preventDefault();
});

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

hear("ready", goOnUploading);
