// Pages of the staff: passkeys. Forms need none of this; htmx comes for what some pages show while one
// types, and for forms that stay until they are answered (sending.js).

const CANCELLED = "La clé n’a pas été montrée. Réessayez quand vous voulez.";
const TWICE = 2000; // milliseconds
const UNREACHABLE = "Le serveur ne répond pas. Vérifiez le réseau, puis réessayez.";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(address, value) {
  const headers = { "Content-Type": "application/json", "X-Jeton": document.body.dataset.jeton };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(value) });
  const told = await answer.json();
  if (told.suite && !answer.ok) location.assign(told.suite);
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

/** Options as JSON carries them, with bytes where the browser wants bytes. */
function readOptions(options) {
  const known = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials);
  return read;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

async function askPasskey(form) {
  const fields = Object.fromEntries(new FormData(form));
  const publicKey = readOptions(await send(form.dataset.options, fields));
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  const { suite, jeton } = await send(form.getAttribute("action"), { ...fields, answer: written(credential) });
  const kept = document.querySelector("[data-kept]");
  if (!kept) return location.replace(suite);
  kept.elements._jeton.value = jeton;
  kept.submit();
}

function faultWords(error) {
  if (error instanceof DOMException) return CANCELLED;
  return error instanceof TypeError || error instanceof SyntaxError ? UNREACHABLE : error.message;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("[data-passkey-button]");
  const fault = form.querySelector("[data-passkey-fault]");
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-passkey-missing]").hidden = false;
    continue;
  }
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    fault.textContent = "";
    try {
      await askPasskey(form);
    } catch (error) {
      fault.textContent = faultWords(error);
      button.disabled = false;
    }
  });
}

// A form whose button is pressed twice is sent once. (Back gives it again; those that htmx sends: sending.js.)
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-passkey], [hx-post], [hx-boost]")) return;
  if (event.timeStamp - (form.sentAt ?? -Infinity) < TWICE) event.preventDefault();
  else form.sentAt = event.timeStamp;
});

loadHtmx();
