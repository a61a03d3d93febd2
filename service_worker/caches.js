// The content store: blobs by hash, and pointers to editions. A reader sees what a pointer names.

const CACHE = "contenu-1";
const CURRENT = "/courant";
const PREVIOUS = "/precedent";
const CLOCK = "/horloge";

const openStore = () => caches.open(CACHE);
/** Reading must not open the store: that would make an empty one again, behind the eraser. */
const readStored = (key) => caches.match(key, { cacheName: CACHE });
const blobKey = (hash) => `/b/${hash}`;
const hashesOf = (edition) => [...new Set(Object.values(edition ? edition.files : {}).map((file) => file.sha256))];

async function readPointer(name) {
  const found = await readStored(name);
  return found ? found.json() : null;
}

let remembered = null;

/**
 * The stored editions, read once per life of the worker: {current, previous, files}, null where there is none.
 * `files` is what can be answered: the current edition, and assets that a page of the previous one still asks for.
 */
function editions() {
  remembered = remembered || readEditions().catch(() => {
    remembered = null; // a store that would not open may open next time
    return { current: null, previous: null, files: {} };
  });
  return remembered;
}

async function readEditions() {
  const [current, previous] = await Promise.all([readPointer(CURRENT), readPointer(PREVIOUS)]);
  const files = Object.create(null);
  for (const [path, file] of Object.entries(previous ? previous.files : {})) {
    if (path.startsWith("/assets/")) files[path] = file;
  }
  return { current, previous, files: Object.assign(files, current ? current.files : {}) };
}

// Response.json() would ask for Safari 17.
const jsonAnswer = (value) => new Response(JSON.stringify(value));
const answer = (body, type) => new Response(body, { headers: { ...HEADERS, "Content-Type": type } });

function shellAnswer(path) {
  return answer(SHELL[path].body, SHELL[path].type);
}

async function storedAnswer(file) {
  const found = await readStored(blobKey(file.sha256));
  return found ? answer(found.body, file.type) : null;
}

async function missingFrom(edition) {
  const store = await openStore();
  const stored = new Set((await store.keys()).map((request) => new URL(request.url).pathname));
  const hashes = hashesOf(edition);
  return { missing: hashes.filter((hash) => !stored.has(blobKey(hash))), none: hashes.every((hash) => !stored.has(blobKey(hash))) };
}

async function hexDigest(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps a blob only if it is what the signed manifest says. */
async function keepBlob(hash, bytes) {
  if ((await hexDigest(bytes)) !== hash) throw new Error("altered");
  await (await openStore()).put(blobKey(hash), new Response(bytes));
}

/** Moves the pointer: one write, after which the whole new edition is what readers see. */
async function showEdition(edition) {
  const store = await openStore();
  const { current } = await editions();
  if (current && current.edition !== edition.edition) await store.put(PREVIOUS, jsonAnswer(current));
  await store.put(CURRENT, jsonAnswer(edition));
  remembered = null;
  await dropUnused();
}

async function dropUnused() {
  const store = await openStore();
  const { current, previous } = await editions();
  const wanted = new Set([CURRENT, PREVIOUS, CLOCK, FOLLOWED, NEWS, ...[...hashesOf(current), ...hashesOf(previous)].map(blobKey)]);
  for (const request of await store.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await store.delete(request);
  }
}

async function forgetAll() {
  for (const name of await caches.keys()) await caches.delete(name);
  remembered = null;
}
