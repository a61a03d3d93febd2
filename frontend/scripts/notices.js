// Notices: what this phone follows, asked for with one question of the browser, stopped with one gesture.
// Kept in the content store, so that the worker completes it and erasing takes it away.

const SUBSCRIPTIONS = "/api/v1/subscriptions";
const canPush = () => hasWorker() && "PushManager" in window && "Notification" in window && Boolean(window.caches);
const isApple = () => /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

async function writeFollowed(value) {
  const store = await caches.open(KEPT);
  return value ? store.put(FOLLOWED, new Response(JSON.stringify(value))) : store.delete(FOLLOWED);
}

const ANSWER_MS = 30000;
const send = (method, body) => fetch(SUBSCRIPTIONS, {
  method, credentials: "omit", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  signal: AbortSignal.timeout && AbortSignal.timeout(ANSWER_MS),
});

let turn = Promise.resolve();
/** What is asked of the server, one after the other: two at once would ask twice. Where it fails, what waits still waits. */
const inTurn = (work) => (turn = turn.then(work).catch(() => null));
const waits = (followed) => Boolean(followed && (followed.wanted || followed.stop));
const settleWaiting = () => inTurn(async () => {
  const followed = await readFollowed();
  if (waits(followed)) await settle(followed);
});

/** Null before a first visit is stored, or once all is erased. */
const manager = async () => ((await navigator.serviceWorker.getRegistration()) || {}).pushManager || null;
const toBase64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The browser's subscription, made with the key in use now; an older one is given up. */
async function subscribe() {
  const { key } = await (await fetch("/api/v1/push-key", { cache: "no-store", credentials: "omit" })).json();
  const push = await manager();
  const held = await push.getSubscription();
  const heldKey = held && held.options && held.options.applicationServerKey;
  if (held && heldKey && toBase64(heldKey) === key) return { subscription: held, key };
  if (held) await held.unsubscribe();
  return { subscription: await push.subscribe({ userVisibleOnly: true, applicationServerKey: key }), key };
}

/** What is followed by now: null once it was stopped or all erased, perhaps in another tab, while an answer was awaited. */
async function stillFollowed() {
  const known = await readFollowed();
  return known && known.contacts ? known : null;
}

/** Tell the server of a stop. Another choice may be made while it answers: only the stop is taken away. */
async function settleStop(stop) {
  const answer = await send("DELETE", stop);
  const known = await readFollowed();
  if (!known || !(answer.ok || answer.status === 404)) return;
  delete known.stop;
  await writeFollowed(known.contacts ? known : null);
}

/** Ask for what is wanted, or change it. Offline it waits for a network, and nothing is lost. */
async function settle(followed) {
  if (followed.stop) await settleStop(followed.stop);
  if (!followed.contacts) return;
  const { subscription, key } = await subscribe();
  const { endpoint, keys } = subscription.toJSON();
  const { contacts } = followed;
  if (followed.secret && followed.endpoint === endpoint) {
    const answer = await send("PUT", { endpoint, secret: followed.secret, contacts });
    if (answer.ok) return settled(contacts, endpoint);
    if (answer.status === 400) return settleForLess(contacts);
    if (answer.status !== 404) throw new Error("unavailable");
  }
  if (!(await stillFollowed())) return;
  const answer = await send("POST", { endpoint, keys, contacts, push_key: key });
  if (answer.status === 400) return settleForLess(contacts);
  if (!answer.ok) throw new Error("refused");
  await settled(contacts, endpoint, followed.secret);
}

/** A contact that has closed since it was chosen must not keep the others from being asked for again. */
async function settleForLess(contacts) {
  const page = await (await fetch("/avis/", { credentials: "omit" })).text();
  const offered = contacts.filter((id) => page.includes(`value="${id}"`));
  const known = await stillFollowed();
  if (offered.length === contacts.length || !known || String(known.contacts) !== String(contacts)) throw new Error("refused");
  if (!offered.length) {
    stopNotices(); // not waited for: it takes the next turn, and this is one
    return;
  }
  const less = { ...known, contacts: offered };
  await writeFollowed(less);
  return settle(less);
}

/** `lost`: the proof of a subscription that is no more. The echo may have come already: the worker's is kept. */
async function settled(contacts, endpoint, lost) {
  const known = await stillFollowed();
  if (!known) return;
  if (known.secret === lost) delete known.secret;
  // Another choice made meanwhile still waits.
  const wanted = String(known.contacts) !== String(contacts);
  await writeFollowed({ ...known, endpoint, wanted });
}

/** At each opening of somebody who follows: what waited, what was lost, what changed. */
async function repairNotices(followed) {
  if (!canPush()) return;
  if (!followed.stop && Notification.permission !== "granted") return;
  await inTurn(() => settle(followed));
  showNotices(document);
}

/** What waited for a network goes when there is one, whatever page is open; what another tab did is told. */
async function wakeNotices() {
  if (document.hidden || erased) return;
  if (navigator.onLine && waits(await readFollowed())) await settleWaiting();
  await showNotices(document);
}

async function follow(contacts) {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") {
    await showNotices(document);
    if (permission === "default") say("[data-follow-state]", "Rien n’a changé. Vous pouvez recommencer.");
    return;
  }
  say("[data-follow-state]", "Demande en cours…");
  const followed = { ...(await readFollowed()), contacts, wanted: true };
  try {
    await writeFollowed(followed);
  } catch {
    say("[data-follow-state]", "Ce navigateur ne peut rien garder en ce moment, donc pas d’avis.");
    return;
  }
  await settleWaiting();
  await showNotices(document);
}

/** What was shown says that something was followed. */
async function closeNotices(registration) {
  for (const shown of await registration.getNotifications()) shown.close();
}

async function endSubscription({ pushManager }) {
  const held = pushManager && (await pushManager.getSubscription());
  if (held) await held.unsubscribe();
}

/**
 * At once on this phone, network or not; the push service and the server are told now or when there is a network.
 * `said`: called once the page says so.
 */
async function stopNotices(said = () => null) {
  const { endpoint, secret, stop } = (await readFollowed()) || {};
  // Stopped before without a network, and followed again since: that stop still waits.
  const proof = endpoint && secret ? { endpoint, secret } : stop;
  const left = proof ? { stop: proof } : null;
  await writeFollowed(left);
  await showNotices(document);
  said();
  const registration = hasWorker() && (await navigator.serviceWorker.getRegistration());
  if (registration) {
    closeNotices(registration).catch(() => null);
    inTurn(() => soon(endSubscription(registration))); // what is chosen meanwhile must not be given this one
  }
  await settleWaiting();
}

/**
 * For « Tout effacer »: nothing is kept to try again. Whether the server was told; where it was not, the push service
 * refuses the next notice, and the server forgets then.
 */
async function leaveNotices({ stop, endpoint, secret }) {
  const proofs = [stop, endpoint && secret && { endpoint, secret }].filter(Boolean);
  const answers = await Promise.allSettled(proofs.map((proof) => send("DELETE", proof)));
  return answers.every(({ value }) => value && (value.ok || value.status === 404));
}

const needsHome = () => isApple() && !isInstalled();

/** In one sentence where one stands; `offered`: the contacts that can be followed. */
function noticeState(followed, offered) {
  if (!canPush()) {
    return needsHome()
      ? "Sur iPhone et iPad, les avis marchent quand Appui est sur l’écran d’accueil. Installez-le, ouvrez-le par son icône, puis revenez ici."
      : "Ce navigateur ne sait pas recevoir d’avis. Les horaires se lisent sur la page de chaque contact.";
  }
  if (Notification.permission === "denied") {
    return "Les notifications de ce site sont bloquées dans ce navigateur. Pour recevoir des avis, autorisez-les dans ses réglages, puis revenez ici.";
  }
  if (!followed || !followed.contacts) return "Vous ne suivez aucun contact pour le moment.";
  if (Notification.permission !== "granted") {
    return "Le navigateur ne laisse plus passer les avis. Touchez « Recevoir les avis » pour les redemander.";
  }
  if (followed.wanted) {
    return navigator.onLine
      ? "La demande n’est pas encore passée. Elle repartira d’elle-même, Appui ouvert."
      : "Sans réseau pour le moment. La demande est gardée : elle partira dès qu’il y en aura, Appui ouvert.";
  }
  if (!followed.secret) return "Un premier avis va arriver dans un instant, pour vérifier que tout marche.";
  // One that has closed since has no box any more, and nothing to tell.
  const { length } = followed.contacts.filter((id) => offered.includes(id));
  if (!length) return "Ce que vous suiviez n’existe plus. Choisissez un autre contact, si vous le voulez.";
  return `C’est activé : vous suivez ${length} contact${length > 1 ? "s" : ""}.`;
}

async function showNotices(root) {
  const form = root.querySelector("[data-follow]");
  if (!form) return;
  const followed = await readFollowed();
  const follows = Boolean(followed && followed.contacts);
  const able = canPush() && Notification.permission !== "denied";
  const asks = able && Notification.permission !== "granted";
  if (!form.dataset.ready) showChoices(form, follows ? followed.contacts : []);
  form.hidden = !able;
  form.querySelector("button").textContent = follows && !asks ? "Changer mes choix" : "Recevoir les avis";
  say("[data-follow-state]", noticeState(followed, Array.from(form.querySelectorAll("input"), (box) => box.value)));
  reveal("[data-follow-stop]", follows);
  reveal("[data-follow-before]", (able || needsHome()) && !follows);
  reveal("[data-follow-question]", asks);
  reveal("[data-follow-home]", !canPush() && needsHome());
  reveal("[data-follow-never]", !able && !needsHome());
  form.onsubmit = (event) => {
    event.preventDefault();
    submitChoices(form);
  };
  for (const button of root.querySelectorAll("[data-follow-stop] button")) button.onclick = () => stopNotices(focusState);
}

/** What is followed, or asked for by the page one comes from, comes first; the others are folded then. */
function showChoices(form, contacts) {
  const asked = new URLSearchParams(location.search).get("c");
  const others = form.querySelector("details");
  for (const box of form.querySelectorAll("input")) {
    box.checked = box.value === asked || contacts.includes(box.value);
    if (!box.checked) continue;
    others.before(box.closest("label"));
    others.open = false;
  }
  others.querySelector("summary").hidden = others.open;
  form.dataset.ready = "1";
}

async function submitChoices(form) {
  const contacts = Array.from(form.querySelectorAll("input:checked"), (box) => box.value);
  const [button] = form.querySelectorAll("button");
  button.disabled = true; // a second tap would ask a second time
  if (contacts.length) await follow(contacts);
  else say("[data-follow-state]", "Choisissez au moins un contact.");
  button.disabled = false;
  focusState();
}

/** What was done is told at the head of the page, away from the button. */
const focusState = () => focusOn(document.querySelector("[data-follow-state]"));

addEventListener("online", wakeNotices);
document.addEventListener("visibilitychange", wakeNotices);
