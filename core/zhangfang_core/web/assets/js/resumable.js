// A larger file goes in parts (tus 1.0.0, https://tus.io/protocols/resumable-upload), so that a lost line or a closed page
// costs the part under way and no more. The server knows a file by its key: beginning again with the key tells where it stands.
import { csrf } from "./requests.js";

/** Bytes up to which a file goes in one request with its form. */
export const SMALL = 1048576;
const LARGEST = 4 * SMALL;
const QUICK_MS = 2000;
const PATIENCE_MS = 180_000;
const STORE = "uploads";
const LASTS_MS = 24 * 3600_000;

const nameOf = (address, file) => [address, file.name, file.size, file.lastModified].join("|");

// Storage that is full or forbidden costs the memory of unfinished files, not the upload.
function remembered() {
  try {
    const kept = Object.entries(JSON.parse(localStorage.getItem(STORE) ?? "{}"));
    return Object.fromEntries(kept.filter(([, { since }]) => Date.now() - since < LASTS_MS));
  } catch {
    return {};
  }
}

function remember(kept) {
  try {
    localStorage.setItem(STORE, JSON.stringify(kept));
  } catch {
    return;
  }
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const underWay = new Set();

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const encoded = (text) => base64(new TextEncoder().encode(text));

/** Where the browser may: outside of https and localhost it has no digests. */
async function checksum(part) {
  if (!globalThis.crypto?.subtle) return {};
  const digest = await crypto.subtle.digest("SHA-256", await part.arrayBuffer());
  return { "Upload-Checksum": `sha256 ${base64(new Uint8Array(digest))}` };
}

function ask(xhr, method, address, headers, body = null, onProgress = null) {
  return new Promise((resolve) => {
    xhr.open(method, address);
    const always = { Accept: "application/json", "Tus-Resumable": "1.0.0", "X-CSRF-Token": csrf() };
    for (const [name, value] of Object.entries({ ...always, ...headers })) xhr.setRequestHeader(name, value);
    xhr.timeout = PATIENCE_MS;
    xhr.onloadend = () => resolve(xhr);
    if (onProgress) xhr.upload.onprogress = (event) => onProgress(event.loaded);
    xhr.send(body);
  });
}

/** The line's or the server's fault, worth another try; a refusal is not. 460: damaged on the way. */
const isLost = ({ status }) => status === 0 || status >= 460 || status === 408 || status === 429;
/** What was begun has ended, or stands elsewhere by now: beginning again tells where. */
const isElsewhere = ({ status }) => [404, 409, 410].includes(status);

/** One file on its way to `address`. `key` stays the same for the same file until it is `done`, also after a reload of the page. */
export class Resumable {
  constructor(address, file) {
    this.address = address;
    this.file = file;
    this.name = nameOf(address, file);
    const kept = underWay.has(this.name) ? undefined : remembered()[this.name];
    this.key = kept?.key ?? newKey();
    underWay.add(this.name);
    remember({ ...remembered(), [this.name]: { key: this.key, since: kept?.since ?? Date.now() } });
  }

  /**
   * Sends what the server does not have yet. `onProgress(sent, from)` in bytes, `from` what was there already.
   * Answers `{ id }`, `{ lost: true }` to be called again later (also when it was left), or `{ refused: xhr }`.
   */
  async send(onProgress) {
    const told = { filename: this.file.name, filetype: this.file.type, key: this.key };
    const pairs = Object.entries(told).map(([name, value]) => `${name} ${encoded(value)}`);
    const about = { "Upload-Length": this.file.size, "Upload-Metadata": pairs.join(",") };
    const begun = await this.#ask("POST", this.address, about);
    if (begun.status !== 201) return isLost(begun) ? { lost: true } : { refused: begun };
    this.place = begun.getResponseHeader("Location");
    const from = Number(begun.getResponseHeader("Upload-Offset"));
    let offset = from;
    let size = SMALL;
    onProgress(offset, from);
    while (offset < this.file.size) {
      if (this.isLeft) return { lost: true };
      const part = this.file.slice(offset, offset + size);
      const began = performance.now();
      const answer = await this.#goOn(part, offset, (sent) => onProgress(offset + sent, from));
      if (answer.status !== 204) return isLost(answer) || isElsewhere(answer) ? { lost: true } : { refused: answer };
      offset = Number(answer.getResponseHeader("Upload-Offset"));
      size = performance.now() - began < QUICK_MS ? LARGEST : SMALL;
    }
    return { id: this.place.split("/").pop() };
  }

  async #goOn(part, offset, onProgress) {
    let headers;
    try {
      headers = await checksum(part);
    } catch {
      return { status: 0 }; // the file was moved or changed on the device
    }
    const about = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset };
    return this.#ask("PATCH", this.place, { ...about, ...headers }, part, onProgress);
  }

  #ask(...asked) {
    this.xhr = new XMLHttpRequest();
    return ask(this.xhr, ...asked);
  }

  /** Stop here; the same file goes on from here another time. */
  leave() {
    this.isLeft = true;
    this.xhr?.abort();
    underWay.delete(this.name);
  }

  /** It stands where the form was posted to, or will never: nothing of it is kept. */
  done() {
    this.leave();
    const { [this.name]: _, ...others } = remembered();
    remember(others);
    if (this.place) ask(new XMLHttpRequest(), "DELETE", this.place, {});
  }
}
