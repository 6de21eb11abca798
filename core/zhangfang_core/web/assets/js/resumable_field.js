// `<input type="file" data-uploads="/f/1/c/2/uploads">` in a form of any kind: a larger file leaves in parts as soon as it is
// chosen, and the form then posts `upload=<id>` instead of it, as often as it is sent. Without script the file goes with the form.
import { Resumable, SMALL } from "./resumable.js";
import { words } from "./words.js";

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];

/** Until then, or until the line is back. */
const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener("online", resolve, { once: true });
  });

const percentOf = (part, whole) => Math.floor((part / whole) * 100);

function status(input) {
  const made = document.createElement("div");
  made.className = "up-field";
  const state = document.createElement("span");
  state.className = "up-state";
  state.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.className = "up-bar";
  bar.max = 100;
  bar.setAttribute("aria-label", input.files[0].name);
  made.append(state, bar);
  input.after(made);
  return { made, state, bar };
}

const underWay = new WeakMap();

function letGo(input) {
  const before = underWay.get(input);
  if (!before) return;
  before.resumable.leave();
  before.shown.made.remove();
  before.hidden?.remove();
  input.name = before.name;
  underWay.delete(input);
}

async function send(input, file) {
  const resumable = new Resumable(input.dataset.uploads, file);
  const sending = { resumable, shown: status(input), name: input.name, waits: null };
  underWay.set(input, sending);
  const { state, bar } = sending.shown;
  const tell = (sent, from) => {
    const percent = percentOf(sent, file.size);
    bar.value = percent;
    state.textContent = from ? words.resumed(percentOf(from, file.size), percent) : words.uploading(percent);
  };
  let lost = 0;
  const follow = (sent, from) => {
    if (sent > from) lost = 0;
    tell(sent, from);
  };
  while (!resumable.isLeft) {
    const { id, refused } = await resumable.send(follow);
    if (resumable.isLeft) return;
    if (id) return arrived(input, sending, id);
    if (refused || lost >= PAUSES_MS.length) {
      // The form tells why, or takes the file as a whole.
      letGo(input);
      return proceed(sending);
    }
    state.textContent = words.lost;
    await pause(PAUSES_MS[lost++]);
  }
}

function arrived(input, sending, id) {
  sending.hidden = document.createElement("input");
  sending.hidden.type = "hidden";
  sending.hidden.name = "upload";
  sending.hidden.value = id;
  sending.shown.made.append(sending.hidden);
  sending.shown.bar.hidden = true;
  sending.shown.state.textContent = words.arrived;
  input.removeAttribute("name");
  proceed(sending);
}

/** The form that was sent too early. */
function proceed(sending) {
  const waits = sending.waits;
  sending.waits = null;
  waits?.form.requestSubmit(waits.button);
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-uploads]")) return;
  letGo(input);
  const [file, more] = input.files;
  if (file && !more && file.size > SMALL) send(input, file);
});

document.addEventListener(
  "submit",
  (event) => {
    for (const input of event.target.querySelectorAll("input[type=file][data-uploads]")) {
      const sending = underWay.get(input);
      if (!sending || sending.hidden) continue;
      event.preventDefault();
      event.stopImmediatePropagation();
      sending.waits = { form: event.target, button: event.submitter };
    }
  },
  true,
);

addEventListener("beforeunload", (event) => {
  const waiting = [...document.querySelectorAll("input[type=file][data-uploads]")].some((input) => underWay.get(input)?.waits);
  if (!waiting) return;
  event.preventDefault();
  event.returnValue = words.leaving;
});
