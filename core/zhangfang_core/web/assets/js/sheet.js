// Drill-down: `a[data-sheet]` opens its address in a bottom sheet (a side drawer on wide screens). The address goes
// into the history, so that back closes the sheet and a reload or a shared link shows the full page.
import { fragment } from "./requests.js";
import { words } from "./words.js";

const home = location.href;
let dialog = null;
let asked = 0;

if (history.state?.sheet) history.replaceState(null, "");

function build() {
  dialog = document.createElement("dialog");
  dialog.id = "sheet";
  dialog.className = "sheet";
  const bar = document.createElement("div");
  bar.className = "sheet-bar";
  const grip = document.createElement("span");
  grip.className = "sheet-grip";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sheet-close";
  button.setAttribute("aria-label", words.close);
  button.dataset.close = "";
  button.textContent = "×";
  bar.append(grip, button);
  const body = document.createElement("div");
  body.className = "sheet-body";
  dialog.append(bar, body);
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) leave();
  });
}

function leave() {
  const depth = history.state?.depth ?? 0;
  if (depth) history.go(-depth);
  else dialog.close();
}

/** The part of an answer that belongs into the sheet, even when a full page came back. */
function content(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("#main");
  return [...(main ?? page.body).childNodes].map((node) => document.importNode(node, true));
}

async function show(url, label) {
  if (!dialog) build();
  const mine = ++asked;
  const body = dialog.querySelector(".sheet-body");
  dialog.setAttribute("aria-label", label || words.loading);
  const busy = document.createElement("p");
  busy.className = "sheet-busy";
  busy.setAttribute("role", "status");
  busy.textContent = words.loading;
  body.replaceChildren(busy);
  if (!dialog.open) dialog.showModal();
  try {
    const nodes = content(await fragment(url));
    if (mine !== asked) return;
    body.replaceChildren(...nodes);
    body.scrollTop = 0;
    const heading = body.querySelector("h1, h2");
    if (heading) dialog.setAttribute("aria-label", heading.textContent.trim());
    window.htmx.process(body);
  } catch {
    if (mine !== asked) return;
    busy.textContent = words.openFailed;
    busy.setAttribute("role", "alert");
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-sheet]");
  if (!link) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  const label = link.dataset.sheet || link.getAttribute("aria-label") || "";
  history.pushState({ sheet: href, label, depth: (history.state?.depth ?? 0) + 1 }, "", href);
  show(href, label);
});

addEventListener("popstate", (event) => {
  if (event.state?.sheet) show(event.state.sheet, event.state.label);
  else if (location.href.split("#")[0] !== home.split("#")[0]) location.reload();
  else if (dialog?.open) {
    asked += 1;
    dialog.close();
  }
});
