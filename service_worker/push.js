// Notices: one neutral line a push, whatever it holds; the new hours kept at once, the edition soon after.

// {contacts, wanted, key, endpoint, token, secret}: what this phone asked for. Written by pages, completed here.
const FOLLOWED = "/suivis";
// {seen: [notice ids], contacts: {id: {edition, hours_text, intervals}}}: hours newer than the stored edition.
const NEWS = "/nouvelles";
const MOST_SEEN = 50;
// A million phones must not ask at once; a worker is given some thirty seconds.
const SPREAD_MS = 20000;

addEventListener("push", (event) => event.waitUntil(receive(event.data)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data));
});
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(lose()));

async function receive(message) {
  const data = readPush(message);
  const { seen, contacts } = await readNews();
  const again = seen.includes(data.notice);
  // Shown first, and always: browsers take the right to push from who shows nothing.
  await registration.showNotification(data.activation ? "C’est activé" : "Mise à jour", {
    lang: "fr",
    tag: data.path,
    silent: again,
    data: data.path,
  });
  if (data.activation) return activate(data.activation);
  if (!data.contact || again) return;
  const { current } = await editions();
  const known = contacts[data.contact];
  if (data.edition > Math.max(current ? current.edition : 0, known ? known.edition : 0)) {
    contacts[data.contact] = { edition: data.edition, hours_text: data.hours_text, intervals: data.intervals };
  }
  await write(NEWS, { seen: [data.notice, ...seen].slice(0, MOST_SEEN), contacts });
  await tell({ type: "news" });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS));
  await syncAndTell();
}

/** What a push holds, each part checked: anybody at the push service may have written it. */
function readPush(message) {
  try {
    const { activation, notice, contact, edition, hours_text, intervals } = message.json().notification.data;
    if (typeof activation === "string") return { activation, path: "/avis/" };
    if (typeof notice === "string" && /^[a-z0-9-]{1,60}$/.test(contact) && Number.isInteger(edition)
      && intervals.every(([start, length]) => start > 0 && length > 0)) {
      return { notice, contact, edition, hours_text, intervals, path: `/contacts/${contact}/` };
    }
  } catch { /* nothing, or nothing of ours */ }
  return { path: "/contacts/" };
}

const write = async (name, value) => (await openStore()).put(name, jsonAnswer(value));
const readNews = async () => (await readPointer(NEWS).catch(() => null)) || { seen: [], contacts: {} };

/** Hours newer than the stored edition, for pages to show over it. */
async function news() {
  const [{ contacts }, { current }] = await Promise.all([readNews(), editions()]);
  return Object.fromEntries(Object.entries(contacts).filter(([, { edition }]) => !current || edition > current.edition));
}

/** The echo: brought back by the browser that received it alone. Only while one is awaited. */
async function activate(token = null) {
  const followed = await readPointer(FOLLOWED);
  if (!followed || !(token || followed.token)) return { ok: false };
  const answer = await fetch("/api/v1/subscriptions/activate", {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: token || followed.token }),
  }).catch(() => null);
  const { secret } = answer && answer.ok ? await answer.json() : {};
  // Without a network now, the token waits for the next opening.
  await write(FOLLOWED, { ...followed, token: secret || answer ? undefined : token, secret: secret || followed.secret });
  await tell({ type: "followed" });
  return { ok: Boolean(secret) };
}

/** The browser gave the subscription up: the next page that opens asks for another. */
async function lose() {
  const followed = await readPointer(FOLLOWED);
  if (followed) await write(FOLLOWED, { ...followed, endpoint: undefined, secret: undefined });
}

async function openPage(path) {
  const url = new URL(path, location.origin).href;
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
    if ("focus" in client) return client.navigate(url).then((shown) => (shown || client).focus(), () => clients.openWindow(url));
  }
  return clients.openWindow(url);
}
