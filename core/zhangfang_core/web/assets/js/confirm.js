// `data-confirm="…"` on a form, a button or a link asks first, in a dialog of the page.
import { words } from "./words.js";

const allowed = new WeakSet();

export function ask(question, action) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    dialog.setAttribute("aria-label", question);
    const form = document.createElement("form");
    form.method = "dialog";
    const text = document.createElement("p");
    text.textContent = question;
    const no = document.createElement("button");
    no.className = "btn btn-outline-secondary";
    no.value = "no";
    no.textContent = words.cancel;
    const yes = document.createElement("button");
    yes.className = "btn btn-primary";
    yes.value = "yes";
    yes.textContent = action || words.confirm;
    const row = document.createElement("div");
    row.className = "ask-row";
    row.append(no, yes);
    form.append(text, row);
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}

async function intercept(event, element, again) {
  if (allowed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(element.dataset.confirm, element.dataset.confirmAction)) {
    allowed.add(element);
    again();
  }
}

document.addEventListener(
  "click",
  (event) => {
    const element = event.target.closest?.("button[data-confirm], a[data-confirm]");
    if (element) intercept(event, element, () => element.click());
  },
  true,
);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset?.confirm) intercept(event, form, () => form.requestSubmit(event.submitter ?? undefined));
  },
  true,
);
