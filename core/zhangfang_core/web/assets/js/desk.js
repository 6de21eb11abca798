// The review desk: shortcuts, the field under the cursor shown on the document, zoom and rotation.
import { writeCookie } from "./cookies.js";
import { keysOff, typing } from "./keys.js";
import { words } from "./words.js";

const ZOOMS = [100, 150, 200, 300];

function step(by) {
  const links = [...document.querySelectorAll("[data-queue] a[href]")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[at + by]?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = document.querySelector("form[data-approve]");
    if (form && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (event.key === "Enter" && event.target.matches?.("form[data-approve] input")) {
    event.preventDefault();
    next(event.target);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || keysOff() || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "r") document.querySelector("[data-return]")?.click();
  else if (!document.querySelector("[data-queue]")) return;
  else if (key === "j") step(1);
  else if (key === "k") step(-1);
});

/** Enter in a field leads on to the next one, as it does in the ledgers: only Ctrl+Enter approves. */
function next(input) {
  const all = [...input.form.querySelectorAll("input:not([type=hidden]):not([readonly]), select")];
  const inputs = all.filter((each) => each.checkVisibility());
  inputs[inputs.indexOf(input) + 1]?.focus();
}

/** Shows on the document, and enlarged in the lens, where the value of an input was read; no lens where that is not known. */
function point(input) {
  const field = input.dataset.box;
  document.querySelector("[data-lens]")?.closest(".lens")?.setAttribute("hidden", "");
  for (const box of document.querySelectorAll(".box[data-for]")) {
    const on = box.dataset.for === field;
    box.classList.toggle("on", on);
    if (!on) continue;
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
    const lens = document.querySelector("[data-lens]");
    if (!lens) continue;
    const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
    // Of a whole line the half is shown in which the input's value stands.
    const end = input.dataset.boxEnd;
    const left = end === "right" ? x + w * 0.55 : x - w * (end ? 0.02 : 0.35);
    lens.setAttribute("viewBox", `${left} ${y - h * 0.9} ${w * (end ? 0.47 : 1.7)} ${h * 2.8}`);
    lens.closest("[hidden]")?.removeAttribute("hidden");
    const name = document.querySelector("[data-lens-name]");
    const label = input.labels?.[0];
    if (name && label) name.textContent = input.ariaLabel || label.dataset.name || label.textContent.trim();
  }
}

document.addEventListener("focusin", (event) => {
  if (event.target.dataset?.box) point(event.target);
});

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".box[data-for]");
  if (box) document.querySelector(`[data-box="${CSS.escape(box.dataset.for)}"]`)?.focus();

  const tool = event.target.closest?.("[data-zoom]");
  const page = tool && document.querySelector("[data-page-image]");
  if (page) {
    const zoom = Number(page.dataset.zoomed ?? 100);
    const turn = Number(page.dataset.turned ?? 0);
    const at = ZOOMS.indexOf(zoom);
    if (tool.dataset.zoom === "in") page.dataset.zoomed = ZOOMS[Math.min(at + 1, ZOOMS.length - 1)];
    else if (tool.dataset.zoom === "out") page.dataset.zoomed = ZOOMS[Math.max(at - 1, 0)];
    else page.dataset.turned = (turn + 90) % 360;
  }

  const toggle = event.target.closest?.("[data-toggle-keys]");
  if (toggle) {
    writeCookie("keys", keysOff() ? "on" : "off");
    paintKeys(toggle);
  }
});

function paintKeys(toggle) {
  toggle.setAttribute("aria-pressed", String(!keysOff()));
  toggle.textContent = keysOff() ? words.keysOff : words.keysOn;
}

document.querySelectorAll("[data-toggle-keys]").forEach(paintKeys);
// `autofocus` comes before this script.
if (document.activeElement?.dataset?.box) point(document.activeElement);
