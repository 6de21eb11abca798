// Single-key shortcuts: an element with `data-key="a"` is clicked by that key while nobody types. The review desk's switch turns them off.
import { readCookie } from "./cookies.js";

export const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");
export const keysOff = () => readCookie("keys") === "off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || keysOff() || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || !/^[a-z]$/i.test(event.key)) return;
  const asked = document.querySelector(`[data-key="${event.key.toLowerCase()}"]:not(:disabled)`);
  if (asked) {
    event.preventDefault();
    asked.click();
  }
});
