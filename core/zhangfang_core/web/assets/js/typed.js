// What was typed into a page whose session ended is in it again after the sign-in, for the same person and in the same tab.
import { words } from "./words.js";

const KEY = "typed";
const LONGEST = 3_600_000;
const NEVER = ["hidden", "password", "file", "submit", "button"];

const { person } = document.body.dataset;
const here = location.pathname + location.search;
const forms = () => [...document.forms].filter((form) => form.method === "post");
const fields = (form) => [...form.elements].filter((field) => field.name && !NEVER.includes(field.type) && field.type !== "fieldset");
const ticked = (field) => field.type === "checkbox" || field.type === "radio";

function isChanged(field) {
  if (ticked(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function typed(form) {
  const seen = {};
  return fields(form).flatMap((field) => {
    const nth = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    return isChanged(field) ? [[field.name, nth, ticked(field) ? field.checked : field.value]] : [];
  });
}

function keep() {
  const found = forms().flatMap((form, nth) => {
    const values = typed(form);
    return values.length ? [{ nth, action: form.action, values }] : [];
  });
  if (found.length) sessionStorage.setItem(KEY, JSON.stringify({ person, here, at: Date.now(), forms: found }));
}

function fill({ nth, action, values }) {
  const form = forms()[nth];
  if (form?.action !== action) return false;
  for (const [name, place, value] of values) {
    const named = () => fields(form).filter((field) => field.name === name)[place];
    if (!named()) form.dispatchEvent(new CustomEvent("typed:more", { detail: name }));
    const field = named();
    if (!field) continue;
    if (ticked(field)) field.checked = value;
    else field.value = value;
  }
  form.dispatchEvent(new CustomEvent("typed:again"));
  return true;
}

function again() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!kept) return;
  if (!person) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, out: true }));
    return;
  }
  if (kept.person === person && kept.out && kept.here !== here && Date.now() - kept.at < LONGEST) return;
  sessionStorage.removeItem(KEY);
  if (kept.person !== person || !kept.out || Date.now() - kept.at > LONGEST) return;
  if (kept.forms.filter(fill).length) tell();
}

function tell() {
  const note = document.createElement("div");
  note.className = "notice notice-info";
  note.role = "status";
  note.textContent = words.typedAgain;
  document.getElementById("main")?.prepend(note);
}

addEventListener("load", again); // after the scripts of the page's own fields
if (person) addEventListener("pagehide", keep);
document.addEventListener("submit", (event) => {
  // Who leaves on purpose leaves nothing behind.
  if (event.target.action.endsWith("/sign-out")) removeEventListener("pagehide", keep);
});
