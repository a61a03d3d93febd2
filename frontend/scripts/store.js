// The worker and what it keeps: registering, bringing up to date, telling it in words.

const CHECK_AGAIN_MS = 40000;
let lastCheck = 0;
let newerEdition = false;

const hasWorker = () => "serviceWorker" in navigator;

/** Ask the worker and wait for its answer; null when there is no worker or it says nothing. */
async function ask(type) {
  const registration = hasWorker() && (await navigator.serviceWorker.getRegistration().catch(() => null));
  const worker = registration && (registration.active || registration.waiting || registration.installing);
  if (!worker) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(resolve, 30000, null);
    worker.postMessage({ type }, [port2]);
  });
}

/** Without it every link still works. */
const bringHtmx = () => loadHtmx().catch(() => {});

async function registerWorker() {
  if (!hasWorker() || navigator.serviceWorker.controller) bringHtmx();
  if (!hasWorker()) return;
  try {
    await navigator.serviceWorker.register(policy.createScriptURL(WORKER_URL), { updateViaCache: "none" });
  } catch {
    return bringHtmx(); // private mode or refused: the pages still read online
  }
  navigator.serviceWorker.addEventListener("message", ({ data }) => onWorkerMessage(data));
  await navigator.serviceWorker.ready;
  bringHtmx();
  lastCheck = Date.now();
  if (navigator.serviceWorker.controller) await ask("sync");
  showStored();
}

function checkSometimes() {
  if (document.hidden || Date.now() - lastCheck < CHECK_AGAIN_MS) return;
  lastCheck = Date.now();
  ask("sync").then(showStored);
}

function onWorkerMessage(message) {
  if (message.type === "progress") showProgress(message);
  if (message.type === "followed") showNotices(document);
  if (message.type === "news") refreshHours();
  if (message.type === "failed") showFailure(message.full);
  if (message.type === "edition") {
    newerEdition = newerEdition || message.newer;
    showStored();
    refreshHours();
  }
}

/** Firefox asks its reader aloud: there, only a button of the settings may bring the question up. */
const asksAloud = () => CSS.supports("-moz-appearance", "none") && !isInstalled();

/** Asked once everything is stored: only then does the browser's answer mean something. */
async function keepStorage(wished) {
  if (!navigator.storage || !navigator.storage.persist) return;
  let kept = await navigator.storage.persisted();
  if (!kept && (wished || !asksAloud())) kept = await navigator.storage.persist().catch(() => false);
  reveal("[data-persist]", !kept);
  say("[data-persist-words]", kept
    ? "Le navigateur s’engage à garder ces pages."
    : "Le navigateur peut effacer ces pages s’il manque de place ou si vous ne revenez pas. Installer les protège mieux.");
}

function say(selector, words) {
  for (const place of document.querySelectorAll(selector)) place.textContent = words;
}

function reveal(selector, shown) {
  for (const place of document.querySelectorAll(selector)) place.hidden = !shown;
}

function showProgress({ done, total }) {
  for (const bar of document.querySelectorAll("[data-stored-progress]")) {
    bar.hidden = done >= total;
    bar.value = Math.round((100 * done) / total);
  }
  if (done < total) say("[data-stored-words]", `Enregistrement sur ce téléphone… ${Math.round((100 * done) / total)} %`);
}

function showFailure(full) {
  reveal("[data-stored-progress]", false);
  if (full) say("[data-stored-words]", "Ce téléphone n’a plus de place. Libérez-en un peu, puis rouvrez cette page.");
  else if (navigator.onLine) showStored();
}

async function showStored() {
  const state = await ask("status");
  reveal("[data-sync]", Boolean(state));
  reveal("[data-update]", newerEdition);
  if (!state || !state.edition) {
    if (!hasWorker()) say("[data-stored-words]", "Ce navigateur ne peut pas garder les pages. Elles se lisent avec du réseau.");
    return;
  }
  reveal("[data-stored-progress]", false);
  say("[data-stored-words]",
    `Enregistré sur ce téléphone : ${state.pages} pages, ${sizeWords(state.bytes)}, édition du ${dayWords(state.issued)}.`);
  say("[data-edition]", `Édition ${state.edition} du ${dayWords(state.issued)}.`);
  reveal("[data-expired]", Date.now() > Date.parse(state.expires));
  await keepStorage(false);
}

function watchConnection() {
  const show = () => reveal("[data-offline]", !navigator.onLine);
  show();
  addEventListener("offline", show);
  addEventListener("online", () => { show(); lastCheck = 0; checkSometimes(); });
  document.addEventListener("visibilitychange", checkSometimes);
  setInterval(checkSometimes, CHECK_AGAIN_MS / 4);
}
