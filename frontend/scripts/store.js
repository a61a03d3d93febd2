// The worker and what it keeps: registering, bringing up to date, telling it in words.

const CHECK_AGAIN_MS = 40000;
let lastCheck = 0;
let newerEdition = false;

let refused = false; // private mode, or a browser set so
const hasWorker = () => !refused && "serviceWorker" in navigator;

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

/** Without htmx every link still works. */
function bringScripts() {
  loadHtmx().catch(() => {});
  bringLater();
}

let laterLoading = null;
let laterHere = false;

/** The buttons of what is stored, settings, searching, counting what is left, notices, erasing: once. */
function bringLater() {
  laterLoading = laterLoading || loadScript(LATER_URL).then(() => {
    laterHere = true;
    showLater(document);
  }, () => {
    laterLoading = null;
    say("[data-follow-state]", "Rouvrez cette page avec du réseau.");
  });
  return laterLoading;
}

function showLater(root) {
  if (laterHere) {
    showStoring(root);
    showSettings(root);
    showSearch(root);
    showFilters(root);
    showNotices(root);
    showErase(root);
  } else if (root.querySelector("[data-search], [data-follow], [data-erase]")) bringLater();
}

async function registerWorker() {
  if (!hasWorker()) return bringScripts();
  const known = Boolean(navigator.serviceWorker.controller);
  if (known) bringScripts();
  try {
    await navigator.serviceWorker.register(policy.createScriptURL(WORKER_URL), { updateViaCache: "none" });
  } catch {
    refused = true;
    return bringScripts(); // the pages still read online
  }
  navigator.serviceWorker.addEventListener("message", ({ data }) => onWorkerMessage(data));
  await workerReady();
  bringScripts();
  lastCheck = Date.now();
  if (known) await ask("sync"); // a new one has just done so
  showStored();
}

/** Active, and done claiming: before, what this page asks for would not pass through it, and be downloaded again. */
async function workerReady() {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state === "activating") await new Promise((resolve) => { active.onstatechange = resolve; });
}

function checkSometimes() {
  if (document.hidden || Date.now() - lastCheck < CHECK_AGAIN_MS) return;
  lastCheck = Date.now();
  ask("sync").then(showStored);
}

function onWorkerMessage(message) {
  if (message.type === "progress") showProgress(message);
  if (message.type === "followed" && laterHere) showNotices(document);
  if (message.type === "news") refreshHours();
  if (message.type === "open") location.replace(message.path);
  if (message.type === "failed") showFailure(message.full);
  if (message.type === "edition") {
    newerEdition = newerEdition || message.newer;
    showStored();
    if (message.newer || !directory) refreshHours();
  }
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
  const edition = await keptEdition();
  reveal("[data-sync]", hasWorker() && Boolean(navigator.serviceWorker.controller));
  reveal("[data-update]", newerEdition);
  if (!edition) {
    if (!hasWorker()) say("[data-stored-words]", "Ce navigateur ne peut pas garder les pages. Elles se lisent avec du réseau.");
    return;
  }
  reveal("[data-stored-progress]", false);
  const files = Object.values(edition.files);
  const pages = files.filter((file) => file.type.startsWith("text/html")).length;
  // Two addresses may hold the same bytes: they are kept once.
  const bytes = [...new Map(files.map((file) => [file.sha256, file.size])).values()].reduce((sum, size) => sum + size, 0);
  const day = dayWords(edition.issued);
  say("[data-stored-words]", `Enregistré sur ce téléphone : ${pages} pages, ${sizeWords(bytes)}, édition du ${day}.`);
  say("[data-edition]", `Édition ${edition.edition} du ${day}.`);
  reveal("[data-expired]", Date.now() > Date.parse(edition.expires));
  if (laterHere) await keepStorage(false);
}

function watchConnection() {
  const show = () => reveal("[data-offline]", !navigator.onLine && !erased);
  show();
  addEventListener("offline", show);
  addEventListener("online", () => { show(); lastCheck = 0; checkSometimes(); });
  document.addEventListener("visibilitychange", checkSometimes);
  setInterval(checkSometimes, CHECK_AGAIN_MS / 4);
}
