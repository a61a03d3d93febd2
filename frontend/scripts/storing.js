// The buttons beside what is stored: looking for a newer edition, asking the browser to keep this one.

function showStoring(root) {
  for (const button of root.querySelectorAll("[data-sync]")) button.onclick = () => syncNow(button);
  for (const button of root.querySelectorAll("[data-persist]")) button.onclick = () => keepStorage(true);
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
