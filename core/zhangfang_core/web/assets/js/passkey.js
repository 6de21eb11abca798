// Passkeys: a `data-passkey` button asks the browser for one and sends its form with the answer, in the hidden field `passkey`.
// With `data-options` it makes a new one; else what is to be signed is fetched at the moment of the click.
import { csrf } from "./requests.js";
import { words } from "./words.js";

const ASK = "/sign-in/passkey/ask";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return told(made, {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function sign() {
  const answer = await fetch(ASK, { method: "POST", headers: { "X-CSRF-Token": csrf() }, body: new URLSearchParams() });
  if (!answer.ok) throw new Error(`${answer.status} ${ASK}`);
  const options = await answer.json();
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  };
  const got = await navigator.credentials.get({ publicKey });
  const { response } = got;
  return told(got, {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  });
}

const told = (credential, response) =>
  JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });

async function prove(button) {
  const { form } = button;
  // The passkey stands in for the code; whatever else the form asks for it still asks for.
  const code = form.elements.proof;
  if (code) code.required = false;
  const complete = form.reportValidity();
  if (code) code.required = true;
  if (!complete) return;
  const wrong = button.parentElement.querySelector('[role="alert"]');
  wrong.hidden = true;
  button.disabled = true;
  try {
    form.elements.passkey.value = await (button.dataset.options ? make(JSON.parse(button.dataset.options)) : sign());
    form.submit();
  } catch (error) {
    button.disabled = false;
    wrong.hidden = false;
    wrong.textContent = error.name === "InvalidStateError" ? words.passkeyKnown : words.passkeyFailed;
  }
}

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-passkey]");
  if (button) prove(button);
});

// Enter in a form that has no other button.
document.addEventListener("submit", (event) => {
  const button = event.submitter ? null : event.target.querySelector("[data-passkey]");
  if (!button) return;
  event.preventDefault();
  prove(button);
});
