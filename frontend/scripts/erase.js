// « Tout effacer »: everything this site keeps on this phone, by script, so that it works offline too.

async function eraseDatabases() {
  const all = indexedDB.databases ? await indexedDB.databases() : [];
  await Promise.all(all.map(({ name }) => new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  })));
}

async function eraseFiles() {
  if (!navigator.storage || !navigator.storage.getDirectory) return;
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}

async function eraseWorkers() {
  if (!hasWorker()) return;
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    await soon(closeNotices(registration));
    // Without a network Firefox refuses: the subscription goes with the worker all the same.
    await soon(endSubscription(registration));
    await registration.unregister();
  }
  erased = true; // no stored page to leave to any more
}

async function eraseCaches() {
  if (!window.caches) return;
  for (const name of await caches.keys()) await caches.delete(name);
}

const PATIENCE_MS = 5000;

/** What `promise` brings, if it does in time: a network that hangs must not keep somebody from leaving. */
const soon = (promise) => Promise.race([promise.catch(() => null), new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);

/** Each part on its own: one that fails must not keep the others from being erased. */
async function eraseAll() {
  const followed = await readFollowed().catch(() => null);
  // Gone before the server is told: what is under way in any tab sees it, and asks for nothing again.
  if (followed) await writeFollowed(null).catch(() => null);
  const telling = followed ? leaveNotices(followed) : Promise.resolve(true);
  await ask("forget").catch(() => null); // first stop a download that would write again
  const parts = [eraseWorkers, eraseCaches, eraseDatabases, eraseFiles];
  const results = await Promise.allSettled(parts.map((part) => part()));
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch { /* refused storage holds nothing */ }
  // Out of script's reach: the browser's own cache of pages. Offline, this fails and nothing is lost.
  await soon(fetch("/effacer", { method: "POST", headers: { "X-Effacer": "1" } }));
  return { whole: results.every((result) => result.status === "fulfilled"), told: await soon(telling) };
}

function showErase(root) {
  const start = root.querySelector("[data-erase]");
  if (!start) return;
  const part = (name) => root.querySelector(`[data-erase-${name}]`);
  const choose = (asking) => {
    part("confirm").hidden = !asking;
    start.hidden = asking;
    (asking ? part("no") : start).focus();
  };
  start.hidden = false;
  start.addEventListener("click", () => choose(true));
  part("no").addEventListener("click", () => choose(false));
  part("yes").addEventListener("click", async () => {
    part("yes").disabled = true;
    const { whole, told } = await eraseAll();
    part("confirm").hidden = true;
    part("done").hidden = false;
    reveal("[data-erase-partly]", !whole);
    reveal("[data-erase-untold]", !told);
    reveal("[data-stored], [data-offline]", false);
    part("done").focus();
  });
}
