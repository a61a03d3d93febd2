// Bringing the store up to date: verify the manifest, fetch what is missing, verify it, move the pointer.

const AT_ONCE = 4;
const STALLED_MS = 30000;
let running = null;
let stop = new AbortController();
let stalled = 0;

/** One synchronisation at a time; everybody who asks meanwhile gets the same one. */
function sync() {
  running = running || syncOnce().finally(() => {
    clearTimeout(stalled);
    running = null;
  });
  return running;
}

/** Called at each sign of life: a link that hangs must not keep the next attempt waiting for ever. */
function alive() {
  clearTimeout(stalled);
  stalled = setTimeout(() => stop.abort(), STALLED_MS);
}

async function syncOnce() {
  stop = new AbortController();
  const { signal } = stop;
  const edition = await fetchManifest();
  const { current } = await editions();
  if (current && !follows(edition, current)) throw new Error("lower");
  const { missing, none } = await missingFrom(edition);
  if (current && edition.edition === current.edition && !missing.length) return false;
  try {
    await fetchMissing(edition, missing, none);
  } catch (error) {
    // A full phone: give back what the unfinished download took. Readers keep the edition they have.
    if (error.name === "QuotaExceededError") await dropUnused();
    throw error;
  }
  if (signal.aborted) throw new Error("stopped");
  await showEdition(edition);
  return true;
}

/** Never lower; and one number never stands for two contents. */
function follows(edition, current) {
  return edition.edition > current.edition
    || (edition.edition === current.edition && JSON.stringify(edition.files) === JSON.stringify(current.files));
}

/** Only a plain 200 from the very address asked: a captive portal answers with redirects and pages. */
async function get(path, cache = "no-store") {
  alive();
  const response = await fetch(path, { cache, credentials: "omit", redirect: "error", signal: stop.signal });
  if (response.status !== 200) throw new Error("unavailable");
  return response;
}

async function fetchManifest() {
  const read = async (cache) => {
    const asked = Date.now();
    const response = await get("/edition.json", cache);
    // Kept for the days without a network: a phone's clock can be wrong, and says who can be reached.
    const clock = { asked, answered: Date.now(), server: response.headers.get("Date") };
    await (await openStore()).put(CLOCK, jsonAnswer(clock)).catch(() => {});
    const { signed, key, signature } = await response.json();
    if (!(await isSigned(signed, key, signature))) throw new Error("unsigned");
    return JSON.parse(signed);
  };
  // A false answer stays in the browser's own cache, and a 304 would bring it back for ever: ask past it.
  return read("no-cache").catch(() => read("reload"));
}

async function isSigned(text, keyId, signature) {
  const jwk = KEYS[keyId];
  if (!jwk) return false;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const base64 = signature.replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes, new TextEncoder().encode(text));
}

async function fetchMissing(edition, missing, none) {
  const sizes = Object.fromEntries(Object.values(edition.files).map((file) => [file.sha256, file.size]));
  const total = missing.reduce((sum, hash) => sum + sizes[hash], 0);
  let done = 0;
  const keep = async (hash, bytes) => {
    await keepBlob(hash, bytes);
    done += bytes.length;
    await tell({ type: "progress", done, total });
  };
  if (none) {
    await cut(await get(`/bundle/${edition.edition}`), missing.map((hash) => [hash, sizes[hash]]), keep);
    return;
  }
  const queue = [...missing];
  const take = async () => {
    for (let hash = queue.shift(); hash; hash = queue.shift()) {
      await cut(await get(blobKey(hash)), [[hash, sizes[hash]]], keep);
    }
  };
  // All of them end before this does: nothing is written any more once a failure was told, or all was erased.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * Cuts a stream into pieces of known sizes, handing over each as soon as it is whole: a bundle that breaks
 * off leaves every piece before the break. An answer longer or shorter than announced is refused.
 */
async function cut(response, pieces, keep) {
  const reader = response.body.getReader();
  let chunk = new Uint8Array(0);
  const more = async () => {
    const { done, value } = await reader.read();
    alive();
    chunk = done ? null : value;
  };
  try {
    for (const [hash, size] of pieces) {
      const bytes = new Uint8Array(size);
      for (let filled = 0; filled < size; ) {
        while (chunk && !chunk.length) await more();
        if (!chunk) throw new Error("cut");
        const part = chunk.subarray(0, size - filled);
        bytes.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      await keep(hash, bytes);
    }
    while (chunk && !chunk.length) await more();
    if (chunk) throw new Error("too long");
  } finally {
    reader.cancel().catch(() => {});
  }
}
