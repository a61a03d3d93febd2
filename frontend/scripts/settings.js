// Choices kept on this phone. Nothing is written until somebody chooses; erasing removes it.

const SETTINGS_KEY = "reglages";
// raccourci: 3 × Maj leaves; bouton: the link is shown; retour: the browser's Back moves inside the app.
const DEFAULTS = { raccourci: true, bouton: true, retour: false, vu: false };

function readSettings() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(SETTINGS_KEY)) };
  } catch {
    return DEFAULTS; // storage refused, or a value nobody can read
  }
}

function changeSetting(name, value) {
  try {
    localStorage.setItem(SETTINGS_KEY, JSON.stringify({ ...readSettings(), [name]: value }));
    return true;
  } catch {
    return false;
  }
}

function applySettings() {
  document.documentElement.classList.toggle("sans-bouton", !readSettings().bouton);
}
