// `<form data-upload="/address">`: several files at once, each its own request with its own key, so that a broken
// connection costs a retry and never a second document. The answer is the row's fragment, which keeps itself fresh.
// With `data-uploads="/f/1/c/2/uploads"` a larger file goes there in parts first, and the form posts `upload=<id>` instead of it.
// With `data-photographs` a picture too dark or too blurred to read is asked about before it is sent.
import { fault } from "./photograph.js";
import { csrf } from "./requests.js";
import { newKey, Resumable, SMALL } from "./resumable.js";
import { queue } from "./upload_queue.js";
import { words } from "./words.js";

const PARALLEL = 3;

const megabytes = (bytes) => `${Math.floor(bytes / 1048576)} MB`;

function buildRow(file) {
  const row = document.createElement("li");
  row.className = "up-row";
  const name = document.createElement("b");
  name.className = "up-name";
  name.textContent = file.name;
  const state = document.createElement("span");
  state.className = "up-state";
  state.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.className = "up-bar";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const tools = document.createElement("span");
  tools.className = "up-tools";
  row.append(name, state, bar, tools);
  return row;
}

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-outline-secondary";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}

function reason(xhr) {
  try {
    const problem = JSON.parse(xhr.responseText);
    return problem.detail || problem.title || words.failed;
  } catch {
    return words.failed;
  }
}

function attach(form) {
  const rows = form.querySelector("[data-upload-rows]") ?? document.querySelector("[data-upload-rows]");
  const limit = Number(form.dataset.maxBytes || 50 * 1048576);

  function say(job, kind, text) {
    job.row.dataset.state = kind;
    job.row.querySelector(".up-state").textContent = text;
  }

  function stop(job, text, mayRetry) {
    say(job, "bad", text);
    job.row.querySelector(".up-bar").hidden = true;
    const tools = job.row.querySelector(".up-tools");
    tools.replaceChildren(button(words.remove, () => {
      job.ahead?.leave();
      job.row.remove();
    }));
    if (mayRetry) tools.prepend(button(words.retry, () => start(job)));
  }

  function start(job) {
    if (form.dataset.uploads && job.file.size > SMALL && !job.ahead) {
      job.ahead = new Resumable(form.dataset.uploads, job.file);
      job.key = job.ahead.key;
    }
    job.row.querySelector(".up-tools").replaceChildren();
    job.row.querySelector(".up-bar").hidden = false;
    say(job, "wait", words.waiting);
    uploads.add(job);
  }

  function show(job, percent, text) {
    job.row.querySelector(".up-bar").value = percent;
    say(job, "busy", text);
  }

  const percentOf = (part, whole) => (whole ? Math.floor((part / whole) * 100) : 0);

  /** The file itself, before its form; "done" once it is there. */
  async function sendAhead(job) {
    const { id, lost, refused } = await job.ahead.send((sent, from) => {
      if (sent > from) job.lost = 0;
      const percent = percentOf(sent, job.file.size);
      show(job, percent, from ? words.resumed(percentOf(from, job.file.size), percent) : words.uploading(percent));
    });
    if (lost) return "lost";
    if (refused) {
      job.ahead.done();
      return turnedAway(job, refused);
    }
    job.upload = id;
    return "done";
  }

  function turnedAway(job, xhr) {
    if (xhr.status === 401) location.reload();
    else stop(job, `${words.refused}:${reason(xhr)}`, false);
    return "refused";
  }

  async function send(job) {
    if (job.ahead && !job.upload) {
      const outcome = await sendAhead(job);
      if (outcome !== "done") return outcome;
    }
    const outcome = await post(job);
    if (outcome !== "lost") job.ahead?.done();
    return outcome;
  }

  function post(job) {
    return new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      const data = new FormData(form);
      for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
      if (job.upload) data.append("upload", job.upload);
      else data.append("file", job.file, job.file.name);
      xhr.open("POST", form.dataset.upload);
      xhr.setRequestHeader("HX-Request", "true");
      xhr.setRequestHeader("X-CSRF-Token", csrf());
      xhr.setRequestHeader("X-Upload-Key", job.key);
      xhr.upload.onprogress = (event) => {
        const percent = job.upload ? 100 : percentOf(event.loaded, event.total);
        show(job, percent, percent < 100 ? words.uploading(percent) : words.storing);
      };
      xhr.onerror = () => resolve("lost");
      xhr.onload = () => {
        if (xhr.status >= 200 && xhr.status < 300) {
          const holder = document.createElement("template");
          holder.innerHTML = xhr.responseText.trim();
          const fresh = holder.content.firstElementChild;
          job.row.replaceWith(holder.content);
          if (fresh?.isConnected) window.htmx.process(fresh);
          resolve("done");
        } else if (job.upload && xhr.status === 410) {
          job.upload = null; // it waited for longer than the server keeps it
          resolve("lost");
        } else resolve(xhr.status >= 500 || xhr.status === 429 ? "lost" : turnedAway(job, xhr));
      };
      say(job, "busy", job.upload ? words.storing : words.uploading(0));
      xhr.send(data);
    });
  }

  const uploads = queue({
    parallel: PARALLEL,
    send,
    onWait: (job) => say(job, "wait", words.lost),
    onGiveUp: (job) => stop(job, words.failed, true),
  });

  /** A doubtful photograph waits for a word; whoever sends it anyway is not asked again. */
  async function lookAt(job, camera) {
    say(job, "wait", words.lookingAt);
    const found = await fault(job.file);
    if (!job.row.isConnected) return;
    if (!found) return start(job);
    say(job, "bad", words[found]);
    job.row.querySelector(".up-bar").hidden = true;
    const again = button(words.again, () => {
      job.row.remove();
      camera?.click();
    });
    again.classList.replace("btn-outline-secondary", "btn-primary");
    job.row.querySelector(".up-tools").replaceChildren(again, button(words.sendAnyway, () => start(job)));
  }

  function take(files, input) {
    for (const file of files) {
      const job = { file, key: newKey(), row: buildRow(file) };
      rows.prepend(job.row);
      if (file.size === 0) stop(job, words.empty, false);
      else if (file.size > limit) stop(job, words.tooBig(megabytes(limit)), false);
      else if ("photographs" in form.dataset) lookAt(job, input);
      else start(job);
    }
  }

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    take([...input.files], input);
    input.value = ""; // the same photo may be chosen again
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  const zone = form.querySelector("[data-drop]") ?? form;
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });

  addEventListener("online", uploads.wake);
  addEventListener("beforeunload", (event) => {
    if (!uploads.busy()) return;
    event.preventDefault();
    event.returnValue = words.leaving;
  });
}

document.querySelectorAll("form[data-upload]").forEach(attach);
