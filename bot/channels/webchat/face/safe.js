// Owns what of the desk's HTML is shown. The desk escapes what it sends; this is the second lock.

const ALLOWED = new Set(["B", "I", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE", "BR"]);
const SWALLOWED = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED NOSCRIPT SVG MATH TITLE TEXTAREA SELECT XMP".split(" "));

/** An address that may be opened or shown, absolute; null for everything that is not web, mail or telephone. */
export function safeAddress(address, schemes = ["http:", "https:", "mailto:", "tel:"]) {
  try {
    const url = new URL(address, location.href);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
export const shownAddress = (address) => (address ? safeAddress(address, ["http:", "https:"]) : null);

/** A fragment with the allowed elements only, all attributes dropped but a safe href. */
export function safeHtml(html) {
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

export function link(anchor, href) {
  anchor.href = href;
  if (/^https?:/.test(href)) anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
}
