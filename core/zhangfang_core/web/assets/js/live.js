// One event stream per page. Events are named by topic and carry only ids; an element with
// `data-live-topic="ledger documents"` and `hx-get` fetches itself again, so no figure travels on the stream.
import { words } from "./words.js";

const DEBOUNCE = 150;
const BY_ITSELF = { "X-By-Itself": "1" }; // says nothing of the person, whose session ends when they are away for long
const LONGEST_DELAY = 30_000;
const HIDDEN_LIMIT = 30_000; // a tab in the background gives its connection back

const url = document.body.dataset.live;
const badgesUrl = document.body.dataset.badges;
const known = new Set();
const due = new Map();
const putOff = new Set();
let source = null;
let delay = 1000;
let reconnect = 0;
let hidden = 0;
let missed = false;

const topicsOf = (element) => (element.dataset.liveTopic ?? "").split(/\s+/).filter(Boolean);
const liveElements = () => document.querySelectorAll("[data-live-topic][hx-get]");

const FIELDS = "input:not([type=hidden]), textarea, select";

function isChanged(field) {
  if (field.matches("select")) return field.value !== (field.querySelector("option[selected]") ?? field.options[0])?.value;
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

/** Whether a person is in a field of it, or has filled one and not sent it yet. */
const isInUse = (element) => [...element.querySelectorAll(FIELDS)].some((field) => field.matches(":focus") || isChanged(field));

function refresh(element) {
  clearTimeout(due.get(element));
  due.set(
    element,
    setTimeout(() => {
      due.delete(element);
      putOff.delete(element);
      if (!element.isConnected) return;
      if (isInUse(element)) putOff.add(element);
      else element.dispatchEvent(new CustomEvent("live"));
    }, DEBOUNCE),
  );
}

// What was put off comes as soon as the person has left the field as it was.
function catchUp({ target }) {
  for (const element of putOff) if (element.contains(target)) refresh(element);
}

for (const each of ["focusout", "change", "reset"]) document.addEventListener(each, catchUp);

async function refreshBadges() {
  if (!badgesUrl) return;
  const response = await fetch(badgesUrl, { headers: { Accept: "application/json", ...BY_ITSELF } });
  if (!response.ok) return;
  const counts = await response.json();
  for (const slot of document.querySelectorAll("[data-badge-for]")) {
    const count = counts[slot.dataset.badgeFor] ?? 0;
    slot.hidden = count === 0;
    slot.removeAttribute("data-late");
    slot.querySelector("[data-count]").textContent = count > 99 ? "99+" : String(count);
  }
}

function onTopic(event) {
  if (event.type === "badges") refreshBadges();
  for (const element of liveElements()) {
    if (topicsOf(element).includes(event.type)) refresh(element);
  }
}

// A stream that is refused does not say why: who was signed out or may not see this any more is not kept waiting.
async function leaveIfShutOut() {
  const answer = await fetch(badgesUrl, { headers: { Accept: "application/json", ...BY_ITSELF } }).catch(() => null);
  if (answer && [401, 403, 404].includes(answer.status)) location.reload();
}

function listen() {
  if (!source) return;
  const wanted = new Set(["badges"]);
  for (const element of liveElements()) topicsOf(element).forEach((topic) => wanted.add(topic));
  for (const topic of wanted) {
    if (known.has(topic)) continue;
    known.add(topic);
    source.addEventListener(topic, onTopic);
  }
}

function strip(show) {
  const bar = document.getElementById("offline");
  if (!bar) return;
  bar.hidden = !show;
  bar.textContent = show ? words.offline : "";
}

function close() {
  clearTimeout(reconnect);
  source?.close();
  source = null;
  known.clear();
}

function open() {
  close();
  source = new EventSource(url);
  source.onopen = () => {
    delay = 1000;
    strip(false);
    if (missed) {
      missed = false;
      liveElements().forEach(refresh);
      refreshBadges();
    }
  };
  source.onerror = () => {
    close();
    missed = true;
    strip(true);
    reconnect = setTimeout(open, delay * (0.75 + Math.random() / 2));
    delay = Math.min(delay * 2, LONGEST_DELAY);
    leaveIfShutOut();
  };
  listen();
}

/** Gives live elements the trigger and swap that they mean, so that a template states topic and address only. */
function adopt(root) {
  const found = [...root.querySelectorAll("[data-live-topic][hx-get]")];
  if (root.matches?.("[data-live-topic][hx-get]")) found.push(root);
  for (const element of found) {
    if (!element.hasAttribute("hx-trigger")) element.setAttribute("hx-trigger", "live");
    if (!element.hasAttribute("hx-swap")) element.setAttribute("hx-swap", "outerHTML");
  }
}

document.addEventListener("htmx:before:process", (event) => adopt(event.target));

document.addEventListener("htmx:config:request", (event) => {
  const { sourceEvent, request } = event.detail.ctx;
  if (sourceEvent?.type === "live") Object.assign(request.headers, BY_ITSELF);
});

// A card that came after the page shows itself; one that has nothing to say any more hides.
document.addEventListener("htmx:after:swap", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (card) card.hidden = card.innerHTML.trim() === "";
});

if (document.querySelector("[data-badge-for][data-late]")) refreshBadges();

if (url) {
  document.addEventListener("htmx:after:process", listen);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(() => {
        close();
        missed = true;
      }, HIDDEN_LIMIT);
    } else if (!source) open();
  });
  addEventListener("online", open);
  addEventListener("offline", () => {
    close();
    missed = true;
    strip(true);
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
