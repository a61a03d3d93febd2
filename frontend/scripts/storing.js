// What is stored, kept: asking the browser for it, looking for a newer edition.

function showStoring(root) {
  for (const button of root.querySelectorAll("[data-sync]")) button.onclick = () => syncNow(button);
  for (const button of root.querySelectorAll("[data-persist]")) button.onclick = () => keepStorage(true);
  keptEdition().then((edition) => edition && keepStorage(false));
}

/** Firefox asks its reader aloud: there, only a button of the settings may bring the question up. */
const asksAloud = () => CSS.supports("-moz-appearance", "none") && !isInstalled();

/** Asked once everything is stored: only then does the browser's answer mean something. */
async function keepStorage(wished) {
  if (!navigator.storage || !navigator.storage.persist) return;
  let kept = await navigator.storage.persisted();
  if (!kept && (wished || !asksAloud())) kept = await navigator.storage.persist().catch(() => false);
  reveal("[data-persist]", !kept);
  say("[data-persist-words]", kept
    ? "Le navigateur s’engage à garder ces pages."
    : "Le navigateur peut effacer ces pages s’il manque de place ou si vous ne revenez pas. Installer les protège mieux.");
}

async function syncNow(button) {
  button.disabled = true;
  const answer = await ask("sync");
  button.disabled = false;
  await showStored();
  const fresh = answer && answer.changed ? "Mis à jour." : "Déjà à jour.";
  const words = answer && answer.ok ? fresh : "Pas de réseau : vos pages restent celles-ci.";
  announce(words);
  say("[data-sync-words]", words);
}
