// The table of decisions. KEYS, HEADERS and SHELL stand above, written by the server; none of them
// changes when content is published, so publishing never changes this script.

addEventListener("install", (event) => {
  skipWaiting();
  // A first visit stores everything even if its tab is closed. Failing is no reason not to install:
  // the shell alone already shows the emergency numbers.
  event.waitUntil(syncAndTell());
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!passes(request.method, url, location.origin)) event.respondWith(respond(request, url));
});

addEventListener("message", (event) => {
  const todo = { sync: syncAndTell, clock, forget }[event.data.type];
  if (todo) event.waitUntil(todo().catch(() => null).then((told) => event.ports[0].postMessage(told)));
});

async function respond(request, url) {
  const { files } = await editions();
  const { stored, shell } = find(url, files);
  if (shell) return answer(...shell);
  return (await storedAnswer(stored)) || fetch(request).catch(async (error) => {
    // Neither stored nor within reach: a page that can be read and names who to call.
    if (!wantsPage(request)) throw error;
    return (await storedAnswer(files[OFFLINE])) || answer(...SHELL[OFFLINE]);
  });
}

async function syncAndTell() {
  try {
    return { ok: true, changed: await sync() };
  } catch ({ name }) {
    const full = name === "QuotaExceededError";
    // Give back what the unfinished download took. Readers keep the edition they have.
    if (full) await dropUnused();
    await tell({ type: "failed", full });
    return { ok: false, full };
  }
}

/** What the last answer of the server said of this phone's clock, and what the clock says now. */
const clock = async () => ({ ...(await read(CLOCK)), now: Date.now() });

/** Stops what is under way, then empties the store, so that nothing is written back behind the eraser. */
async function forget() {
  stop.abort();
  await Promise.allSettled([running]);
  await caches.delete(CACHE);
  remembered = null;
}

async function tell(message) {
  for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}
