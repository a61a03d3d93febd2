// The boxes of the page of settings: what is chosen holds at once.

function showSettings(root) {
  const settings = readSettings();
  for (const box of root.querySelectorAll("[data-setting]")) {
    box.checked = settings[box.dataset.setting];
    box.disabled = false;
    box.addEventListener("change", () => {
      if (!changeSetting(box.dataset.setting, box.checked)) box.checked = !box.checked;
      applySettings();
      // Boosted links are made when a page is opened: only a fresh load changes them.
      if (box.dataset.setting === "retour") location.replace(location.href);
    });
  }
}
