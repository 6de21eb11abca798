// What was typed into a page whose session ended is in it again after the sign-in, for the same person and in the same tab.
import { words } from "./words.js";

const KEY = "typed";
const LONGEST = 3_600_000;
const NEVER = ["hidden", "password", "file", "submit", "button", "fieldset"];

const { person } = document.body.dataset;
const here = location.pathname + location.search;
const forms = () => [...document.forms].filter((form) => form.method === "post");
const fields = (form) =>
  [...form.elements].filter((field) => field.name && !NEVER.includes(field.type) && field.autocomplete !== "one-time-code");
const ticked = (field) => field.type === "checkbox" || field.type === "radio";
const valueOf = (field) => (ticked(field) ? field.checked : field.value);

/** What the field said when the page came. */
function cameWith(field) {
  if (ticked(field)) return field.defaultChecked;
  if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
  return field.defaultValue;
}

/** The one field that is meant: a box by its value. Of rows that share a name nobody can say which one it was. */
function called(form, name, value) {
  const found = fields(form).filter((field) => field.name === name && (!ticked(field) || field.value === value));
  return found.length === 1 ? found[0] : null;
}

function typed(form) {
  return fields(form)
    .filter((field) => valueOf(field) !== cameWith(field) && called(form, field.name, field.value))
    .map((field) => [field.name, ticked(field) ? field.value : null, cameWith(field), valueOf(field)]);
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
  let filled = false;
  for (const [name, box, before, value] of values) {
    if (!called(form, name, box)) form.dispatchEvent(new CustomEvent("typed:more", { detail: name }));
    const field = called(form, name, box);
    // What somebody else has changed meanwhile stays as it is.
    if (!field || cameWith(field) !== before) continue;
    if (ticked(field)) field.checked = value;
    else field.value = value;
    filled = true;
  }
  if (filled) form.dispatchEvent(new CustomEvent("typed:again"));
  return filled;
}

function again() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!kept) return;
  const lost = Date.now() - kept.at > LONGEST || (person && (kept.person !== person || !kept.out));
  if (lost || (person && kept.here === here)) sessionStorage.removeItem(KEY);
  else if (!person) sessionStorage.setItem(KEY, JSON.stringify({ ...kept, out: true }));
  if (!lost && person && kept.here === here && kept.forms.filter(fill).length) tell();
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
