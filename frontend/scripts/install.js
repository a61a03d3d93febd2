// Installing, only from the page of a variant: its name and icon are chosen before, and for good.

let installPrompt = null;

function watchInstall() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // never asked out of nowhere
    installPrompt = event;
    showInstall(document);
  });
  addEventListener("appinstalled", () => {
    installPrompt = null;
    if (laterHere) keepStorage(true);
    reveal("[data-install]", false);
    say("[data-install-words]", "C’est installé. L’icône est sur votre écran d’accueil.");
  });
}

function showInstall(root) {
  for (const button of root.querySelectorAll("[data-install]")) {
    button.hidden = !installPrompt;
    button.onclick = async () => {
      const prompt = installPrompt;
      if (!prompt) return;
      installPrompt = null;
      await prompt.prompt();
      button.hidden = true;
    };
  }
}
