// What every request carries, and what happens when the session has ended.

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
