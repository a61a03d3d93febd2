// « Me rappeler les horaires à confirmer »: on this device, through the worker that readers' pages bring. Staff pages have none.

const REMINDERS = "/equipe/moi/rappels/";
// What this browser follows as a reader (service_worker/push.js): its subscription is then a reader's too.
const READING = "/suivis";
const REMINDER_STATES = {
  missing: "Ouvrez d’abord la page publique d’Appui une fois sur cet appareil : c’est elle qui sait recevoir des notifications. Puis revenez ici.",
  unable: "Ce navigateur ne sait pas recevoir de notifications. Sur iPhone et iPad, installez Appui sur l’écran d’accueil, puis ouvrez cette page depuis Appui.",
  denied: "Les notifications de ce site sont bloquées dans ce navigateur. Autorisez-les dans ses réglages, puis revenez ici.",
  refused: "Le navigateur n’a pas donné son accord. Touchez de nouveau l’interrupteur quand vous voulez.",
  failed: "Le service de notification du navigateur ne répond pas. Réessayez plus tard.",
  on: "C’est activé sur cet appareil.",
  off: "Ce n’est pas activé sur cet appareil.",
};

/** Null where no worker can receive anything yet. */
async function remindersManager() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration && registration.active ? registration.pushManager : null;
}

/** The browser's one subscription; a reader's stays as it is, with whichever key it was made. */
async function remindersSubscription(push) {
  const { key } = await (await fetch("/api/v1/push-key", { cache: "no-store", credentials: "omit" })).json();
  const held = await push.getSubscription();
  if (held && (toText(held.options.applicationServerKey) === key || (await caches.match(READING)))) return held;
  if (held) await held.unsubscribe();
  return push.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function beginReminders() {
  // First of all: browsers ask only while the touch is fresh.
  if ((await Notification.requestPermission()) !== "granted") return Notification.permission === "denied" ? "denied" : "refused";
  const push = await remindersManager();
  if (!push) return "missing";
  const subscription = await remindersSubscription(push);
  const { endpoint, keys } = subscription.toJSON();
  await send(REMINDERS, { endpoint, keys, push_key: toText(subscription.options.applicationServerKey) });
  return "on";
}

async function endReminders() {
  const push = await remindersManager();
  const held = push && (await push.getSubscription());
  if (!held) return "off";
  await send(`${REMINDERS}arreter`, { endpoint: held.endpoint });
  if (!(await caches.match(READING))) await held.unsubscribe();
  return "off";
}

/** One of REMINDER_STATES: what is true on this device when the page opens. */
async function remindersState() {
  if (!navigator.serviceWorker || !window.PushManager || !window.Notification) return "unable";
  const push = await remindersManager();
  if (!push) return "missing";
  if (Notification.permission === "denied") return "denied";
  const held = Notification.permission === "granted" && (await push.getSubscription());
  return held && (await send(`${REMINDERS}etat`, { endpoint: held.endpoint })).ici ? "on" : "off";
}

async function showReminders(box, asked) {
  box.disabled = true;
  let state;
  let words;
  try {
    state = await asked();
  } catch (error) {
    words = error instanceof DOMException ? REMINDER_STATES.failed : faultWords(error);
    state = box.dataset.state || "off";
  }
  box.dataset.state = state;
  box.checked = state === "on";
  box.disabled = ["missing", "unable", "denied"].includes(state);
  document.querySelector("[data-reminders-state]").textContent = words || REMINDER_STATES[state];
  document.querySelector("[data-reminders-open]").hidden = state !== "missing";
}

const reminders = document.querySelector("[data-setting=rappels]");
if (reminders) {
  reminders.addEventListener("change", () => showReminders(reminders, reminders.checked ? beginReminders : endReminders));
  showReminders(reminders, remindersState);
}
