// Notices: one neutral line a push, whatever it holds; the new hours kept at once, the edition soon after.

// {contacts, wanted, endpoint, secret, stop}: what this phone asked for. Written by pages; the secret comes here.
const FOLLOWED = "/suivis";
// {seen: [notice ids], contacts: {id: {edition, hours_text, intervals}}}: hours newer than the stored edition.
const NEWS = "/nouvelles";

addEventListener("push", (event) => event.waitUntil(receive(event.data)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data));
});
// No "pushsubscriptionchange": the next page that opens finds another subscription than it knew, and asks again.

async function receive(message) {
  const data = readPush(message);
  const { activation, contact, edition, notice, path } = data;
  const again = (await readNews()).seen.includes(notice);
  // Shown first, and always: browsers take the right to push from who shows nothing.
  await registration.showNotification(activation ? "C’est activé" : "Mise à jour", {
    lang: "fr",
    tag: path,
    silent: again,
    data: path,
  });
  check(await read(FOLLOWED)); // else all was erased: nothing is written behind the eraser
  if (activation) return activate(activation);
  if (!contact || again) return;
  // A phone that comes back is handed several at once: each writes after the one before, else it would undo it.
  await navigator.locks.request(NEWS, async () => {
    const { seen, contacts } = await readNews();
    const { current } = await editions();
    // An older word never takes the place of a newer one.
    if (edition > current.edition && edition > (contacts[contact] || NONE).edition) contacts[contact] = data;
    await write(NEWS, { seen: [notice, ...seen].slice(0, 50), contacts });
  });
  await tell({ type: "news" });
  // A million phones must not ask at once; a worker is given some thirty seconds.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20000));
  check(await read(FOLLOWED));
  await syncAndTell();
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

/** Where Appui is open, there. */
async function openPage(path) {
  // Not where somebody of the staff may be typing, nor on pages without script: they would not hear.
  const open = (await clients.matchAll()).find(({ url }) => !/\/(equipe|sortie|affiche)\//.test(url));
  if (!open) return clients.openWindow(path);
  // Told, not taken there: it takes its own place, and leaves nothing behind Back.
  open.postMessage({ type: "open", path });
  return open.focus();
}
