// Small habits of every page: large type, copying, menus that close, selects that submit.
import { readCookie, writeCookie } from "./cookies.js";
import { words } from "./words.js";

const root = document.documentElement;

export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

function paintType(large) {
  if (large) root.dataset.type = "large";
  else delete root.dataset.type;
  for (const button of document.querySelectorAll("[data-toggle-type]")) {
    button.setAttribute("aria-pressed", String(large));
  }
}

paintType(readCookie("type") === "large");

// Which clients were opened last: the switcher lists them first.
if (document.body.dataset.recent) {
  const [firm, client] = document.body.dataset.recent.split(".");
  const others = readCookie(`recent_${firm}`).split(".").filter((id) => /^[0-9]+$/.test(id) && id !== client);
  writeCookie(`recent_${firm}`, [client, ...others].slice(0, 12).join("."));
}

// Who comes from another page of the portal goes on with Tab in what is new; the menu is behind Shift+Tab.
function startInMain() {
  const main = document.getElementById("main");
  const came = document.referrer.startsWith(`${location.origin}/`);
  if (!main || !came || location.hash || document.activeElement !== document.body) return;
  main.focus({ preventScroll: true });
  main.blur();
}

startInMain();

async function copy(button) {
  const target = button.dataset.copy;
  const field = target.startsWith("#") ? document.querySelector(target) : null;
  const text = field ? (field.value ?? field.textContent.trim()) : target;
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else {
    // Plain http on a local network has no clipboard interface.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    (button.closest("dialog") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.classList.add("copied");
  announce(words.copied);
  setTimeout(() => button.classList.remove("copied"), 1500);
}

// "/" goes to the search field, or where there is none on the screen, to its page. Whoever turned keys off has none.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || readCookie("keys") === "off") return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
  const find = [...document.querySelectorAll("#words, [data-find]")].find((each) => each.checkVisibility());
  if (!find) return;
  event.preventDefault();
  if (find.matches("a")) find.click();
  else find.select(), find.focus();
});

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest?.("[data-toggle-type]")) {
    const large = root.dataset.type !== "large";
    writeCookie("type", large ? "large" : "normal");
    paintType(large);
  }
  const copying = target.closest?.("[data-copy]");
  if (copying) copy(copying);
  target.closest?.("[data-dismiss]")?.closest(".flash")?.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.closest?.("[data-autosubmit]")) event.target.form.requestSubmit();
});

for (const scroller of document.querySelectorAll("[data-scroll-end]")) scroller.scrollLeft = scroller.scrollWidth;
