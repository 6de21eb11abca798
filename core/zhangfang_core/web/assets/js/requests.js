// What every request carries, and what happens when the session has ended, when it is refused, and when the line breaks.
import { words } from "./words.js";

export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Fetches a page's fragment: the server answers an `HX-Request` without the layout around it. */
export async function fragment(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.text();
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRF-Token"] = csrf();
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 401) {
    event.preventDefault();
    location.reload(); // the full page leads to the sign-in and back
  } else if (ctx.response.status >= 400 && ctx.sourceElement?.dataset?.liveTopic) {
    event.preventDefault(); // a refresh that failed leaves the last good figures standing
  }
});

/** Says it above what the request would have replaced, which stays. */
function say(target, sentence) {
  if (!target?.isConnected) return;
  target.querySelector(":scope > [data-refusal]")?.remove();
  const notice = document.createElement("div");
  notice.className = "notice notice-bad";
  notice.setAttribute("role", "alert");
  notice.dataset.refusal = "";
  const body = document.createElement("div");
  body.className = "notice-body";
  body.textContent = sentence;
  notice.append(body);
  target.prepend(notice);
  notice.scrollIntoView({ block: "nearest" });
}

// A refusal is a page of its own, without the part that was asked for: nothing would be left in its place.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.select || ctx.response.status < 400) return;
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  if (page.querySelector(ctx.select)) return;
  event.preventDefault();
  say(ctx.target, page.querySelector("main h1")?.textContent.trim() || words.notDone);
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx?.select && !ctx.sourceElement?.dataset?.liveTopic) say(ctx.target, words.notDone);
});
