// The demo page: shows which of the three phones is looked at, and where something new has arrived.

const stage = document.getElementById("stage");
const phones = [...stage.querySelectorAll(".phone")];
const tabs = new Map([...document.querySelectorAll(".tabs a")].map((tab) => [tab.hash.slice(1), tab]));
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const swiping = () => stage.scrollWidth > stage.clientWidth + 8;

function lookAt(name) {
  for (const [key, tab] of tabs) {
    if (key === name) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  tabs.get(name).classList.remove("news");
}

for (const [name, tab] of tabs) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    stage.scrollTo({ left: document.getElementById(name).offsetLeft - stage.offsetLeft, behavior: calm.matches ? "auto" : "smooth" });
    lookAt(name);
  });
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting && swiping()) lookAt(entry.target.id);
  },
  { root: stage, threshold: 0.6 },
);
phones.forEach((phone) => seen.observe(phone));

// A phone says that a message has come; the eye is led there, since one person plays all three.
addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.data?.mendline !== "news") return;
  const phone = phones.find((one) => one.querySelector("iframe").contentWindow === event.source);
  if (!phone) return;
  const tab = tabs.get(phone.id);
  if (swiping() && !tab.hasAttribute("aria-current")) tab.classList.add("news");
  phone.classList.remove("news");
  void phone.offsetWidth; // restarts the animation
  phone.classList.add("news");
});
