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
  // Decided without waiting: these requests never pass through the worker at all.
  if (request.method !== "GET" || url.origin !== location.origin || PASS_THROUGH.test(url.pathname)) return;
  event.respondWith(respond(request, url));
});

addEventListener("message", (event) => {
  const reply = (message) => event.ports[0] && event.ports[0].postMessage(message);
  const todo = { sync: syncAndTell, status, clock, news, activate: () => activate(), forget }[event.data.type];
  if (todo) event.waitUntil(todo().then(reply));
});

async function respond(request, url) {
  const { files } = await editions();
  const page = wantsPage(request);
  const decision = decide({ method: request.method, url, page }, location.origin, files);
  if (decision.kind === "shell") return shellAnswer(decision.path);
  const stored = decision.kind === "stored" ? await storedAnswer(files[decision.path]).catch(() => null) : null;
  return stored || fromNetwork(request, page, files);
}

/** Not stored: the network, or else a page that can be read and names who to call. */
async function fromNetwork(request, page, files) {
  try {
    return await fetch(request);
  } catch (error) {
    if (!page) throw error;
    const offline = files[OFFLINE];
    return (offline && (await storedAnswer(offline).catch(() => null))) || shellAnswer(OFFLINE);
  }
}

async function syncAndTell() {
  try {
    const { current: before } = await editions();
    const changed = await sync();
    const { current } = await editions();
    // To a phone that held none, or lacked a part, nothing is newer than what it shows.
    if (changed) await tell({ type: "edition", newer: Boolean(before && before.edition !== current.edition) });
    return { ok: true, changed };
  } catch (error) {
    const full = error.name === "QuotaExceededError";
    await tell({ type: "failed", full });
    return { ok: false, full };
  }
}

/** What this phone holds, for the page to say in words. */
async function status() {
  const { current } = await editions();
  if (!current) return { edition: null };
  const files = Object.values(current.files);
  return {
    edition: current.edition,
    issued: current.issued,
    expires: current.expires,
    pages: files.filter((file) => file.type.startsWith("text/html")).length,
    bytes: hashesOf(current).reduce((sum, hash) => sum + files.find((file) => file.sha256 === hash).size, 0),
  };
}

/** What the last answer of the server said of this phone's clock, and what the clock says now. */
const clock = async () => ({ ...(await readPointer(CLOCK)), now: Date.now() });

/** Stops what is under way, then empties the store, so that nothing is written back behind the eraser. */
async function forget() {
  stop.abort();
  await (running || Promise.resolve()).catch(() => {});
  await forgetAll();
  return { ok: true };
}

async function tell(message) {
  for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}
