// Notices: one neutral line a push, whatever it holds; the new hours kept at once, the edition soon after.

// {contacts, wanted, endpoint, secret, stop}: what this phone asked for. Written by pages; the secret comes here.
const FOLLOWED = "/suivis";
// {seen: [notice ids], contacts: {id: {edition, hours_text, intervals}}}: hours newer than the stored edition.
const NEWS = "/nouvelles";
const MOST_SEEN = 50;
// A million phones must not ask at once; a worker is given some thirty seconds.
const SPREAD_MS = 20000;
// A click gives the right to open a window for a second or so.
const PATIENCE_MS = 400;
let keeping = Promise.resolve();

addEventListener("push", (event) => event.waitUntil(receive(event.data)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data));
});
// No "pushsubscriptionchange": the next page that opens finds another subscription than it knew, and asks again.

async function receive(message) {
  const data = readPush(message);
  const again = (await readNews()).seen.includes(data.notice);
  // Shown first, and always: browsers take the right to push from who shows nothing.
  await registration.showNotification(data.activation ? "C’est activé" : "Mise à jour", {
    lang: "fr",
    tag: data.path,
    silent: again,
    data: data.path,
  });
  check(await read(FOLLOWED)); // else all was erased: nothing is written behind the eraser
  if (data.activation) return activate(data.activation);
  if (!data.contact || again) return;
  // A phone that comes back is handed several at once: each writes after the one before, else it would undo it.
  keeping = keeping.catch(() => null).then(() => keepNews(data));
  await keeping;
  await tell({ type: "news" });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS));
  check(await read(FOLLOWED));
  await syncAndTell();
}

async function keepNews(data) {
  const { seen, contacts } = await readNews();
  const { notice, contact, edition } = data;
  const { current } = await editions();
  // An older word never takes the place of a newer one.
  if (edition > Math.max(current.edition, (contacts[contact] || NONE).edition)) contacts[contact] = data;
  await write(NEWS, { seen: [notice, ...seen].slice(0, MOST_SEEN), contacts });
}

/** What a push holds, each part checked: anybody at the push service may have written it. */
function readPush(message) {
  try {
    const { data } = message.json().notification;
    const { activation, contact, edition, intervals } = data;
    if (activation) return { activation, path: "/avis/" };
    if (/^[a-z0-9-]+$/.test(contact) && Number.isInteger(edition)
      && intervals.every(([start, length]) => start > 0 && length > 0)) return { ...data, path: `/contacts/${contact}/` };
  } catch { /* nothing, or nothing of ours */ }
  return { path: "/contacts/" };
}

const readNews = async () => (await read(NEWS).catch(() => null)) || { seen: [], contacts: {} };

/** The echo: brought back by the browser that received it alone. Where that fails, the next opening asks again. */
async function activate(token) {
  const answer = await fetch("/api/v1/subscriptions/activate", {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const { secret } = await answer.json();
  check(secret);
  // Read only now: the page wrote its own part meanwhile.
  await write(FOLLOWED, { ...check(await read(FOLLOWED)), secret });
  await tell({ type: "followed" });
}

/** By the open page itself, which adds nothing to its tab's history; by the browser where it does not answer. */
async function openPage(path) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  // Somebody of the staff may be typing there.
  const open = windows.find(({ url }) => !new URL(url).pathname.startsWith("/equipe/"));
  if (open && (await moves(open, path))) return open.focus();
  // Refused for a page that the worker does not control.
  const shown = open && (await open.navigate(path).catch(() => null));
  return shown ? shown.focus() : clients.openWindow(path);
}

function moves(client, path) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(resolve, PATIENCE_MS, false);
    client.postMessage({ type: "open", path }, [port2]);
  });
}
