// What the staff's forms say while htmx sends them, and when no answer of ours comes back: nothing that was typed goes.

const OURS = [200, 409, 422]; // the page asked for, or the form with its faults
const SENDING = "Envoi en cours…";
const PUBLISHING = "Publication en cours…";
const NOT_SENT = "Ce n’est pas parti.";
const PERHAPS_SENT = "Ce n’est peut-être pas parti.";
const KEPT = "Rien de ce que vous avez écrit n’est perdu.";
const LOOK = "La publication a pu se faire quand même : regardez « Éditions » avant d’appuyer de nouveau.";
const STALE = "L’aperçu n’a pas pu suivre : il date d’avant. Ce que vous écrivez est toujours là, « Voir » essaie de nouveau.";
const NO_ANSWER = "Le serveur n’a pas répondu.";
const ODD_ANSWER = "La réponse n’est pas celle de notre serveur.";
const REASONS = {
  404: "Ce contenu n’existe plus, ou n’est plus confié à votre équipe.",
  413: "C’est trop long : raccourcissez un peu.",
  429: "Il y a eu trop de demandes : attendez une minute.",
  500: "Quelque chose n’a pas marché de notre côté.",
  503: "Le serveur est occupé : attendez une minute.",
};

const wordsBefore = new WeakMap(); // of a button that says that it is at work

const isOurs = (text) => text.includes("data-jeton=");

function isAsked({ select, response, text }) {
  return OURS.includes(response.status) && isOurs(text) && text.includes(`id="${select.slice(1)}"`);
}

/** A paragraph, its first words strong. */
function told(strong, ...rest) {
  const line = document.createElement("p");
  const first = document.createElement("b");
  first.textContent = strong;
  line.append(first, ` ${rest.join(" ")}`);
  return line;
}

function editionsLink() {
  const link = document.createElement("a");
  link.className = "button";
  link.href = "/equipe/editions/";
  link.target = "_blank"; // what was typed stays in this tab
  link.rel = "noopener";
  link.textContent = "Regarder les éditions (nouvel onglet)";
  return link;
}

function retryButton(form, submitter) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Réessayer";
  button.onclick = () => form.requestSubmit(submitter);
  return button;
}

/** Beside what was pressed; the hidden button of Enter, or none at all, stands for those at the end. */
function placeOf(form, { submitter, target }) {
  const pressed = submitter && !submitter.hidden ? submitter : target === form ? null : target;
  return (pressed && (pressed.closest(".actions, .buttons, .field, .slot") || pressed)) || form.querySelector(".actions") || form.lastElementChild;
}

function sayFailed(form, { sourceEvent, response, text }) {
  const { submitter } = sourceEvent;
  const status = response ? response.status : 0;
  const refused = (status >= 400 && status < 500) || (status === 503 && isOurs(text || ""));
  const perhaps = !refused && Boolean(submitter && submitter.matches("[data-publishes]"));
  const words = document.createElement("div");
  words.className = "text";
  const reason = response ? REASONS[status] || ODD_ANSWER : NO_ANSWER;
  words.append(told(perhaps ? PERHAPS_SENT : NOT_SENT, reason, KEPT, ...(perhaps ? [LOOK] : [])));
  words.append(perhaps ? editionsLink() : retryButton(form, submitter));
  const alert = document.createElement("div");
  alert.className = "notice warn";
  alert.dataset.failed = "";
  alert.setAttribute("role", "alert");
  alert.tabIndex = -1;
  alert.append(words);
  placeOf(form, sourceEvent).before(alert);
  alert.focus();
}

/** The preview is older than what is typed; the next one that comes takes these words away. */
function sayStale(preview) {
  if (preview.querySelector("[data-failed]")) return;
  const line = document.createElement("p");
  line.className = "fault";
  line.dataset.failed = "";
  line.setAttribute("role", "status");
  line.textContent = STALE;
  preview.append(line);
}

function sayWhatFailed(ctx) {
  const form = ctx.sourceElement.closest("form");
  if (!form) return; // how notices leave: asked again in two seconds
  form.inert = false; // the words take the focus
  if (form === ctx.sourceElement) sayFailed(form, ctx);
  else sayStale(ctx.sourceElement);
}

function begin(form, submitter) {
  for (const said of form.querySelectorAll(".notice[data-failed]")) said.remove();
  if (form.id === "editeur" && !(submitter && submitter.closest(".actions"))) {
    // Its small buttons bring the whole form anew: what one pressed or typed meanwhile would go with the old.
    form.inert = true;
    return;
  }
  if (!submitter) return;
  form.setAttribute("aria-busy", "true");
  submitter.setAttribute("aria-disabled", "true");
  wordsBefore.set(submitter, [...submitter.childNodes]);
  submitter.replaceChildren(submitter.matches("[data-publishes]") ? PUBLISHING : SENDING);
}

function end(form) {
  form.inert = false;
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...wordsBefore.get(button));
  }
}

// Under way, a form is not sent again: neither by its button nor by Enter. Before htmx hears of it.
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("aria-busy")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("htmx:before:request", ({ target, detail: { ctx } }) => {
  if (target.matches("form")) begin(target, ctx.sourceEvent.submitter);
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.hx.redirect) return;
  const form = event.target.closest("form");
  if (form && [401, 403].includes(ctx.response.status)) {
    // The session is over, or has changed: the whole form is sent as if without script, and comes back with what it holds.
    event.preventDefault();
    form.submit();
  } else if (!isAsked(ctx)) {
    event.preventDefault();
    sayWhatFailed(ctx);
  }
});

// No network, no answer in time, or one that was cut.
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) sayWhatFailed(ctx);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form.matches("form") && !(ctx.hx && ctx.hx.redirect)) end(form); // on the way to another page, it stays as it is
});

// The button that had the focus is gone with its form: reading goes on from the top of what came.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.select !== "#contenu" || document.activeElement !== document.body) return;
  document.getElementById("contenu").focus({ preventScroll: true });
});

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form").forEach(end);
});
