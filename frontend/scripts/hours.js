// What is said of a contact at a given minute, from integers alone: the twin of backend/permanences/hours_words.py,
// held to the same truth table. Minutes are UTC since 1970; "wall" ones are read on a clock in Paris.

const FULL_DAY = 1440;
const SOON = 30;
const NIGHT_ENDS = 360;
const WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split(" ");
const HOURS_UNKNOWN = "horaires à vérifier";
const NBSP = "\u00a0";

/** The hours of one contact out of /permanences.json, whole; null where none are known. */
function hoursOf(directory, id) {
  const own = directory.contacts[id];
  const { begins, ends, clock } = directory;
  return own ? { begins, ends, clock, state: "open", after: null, closed: [], unsure: [], ...own } : null;
}

/**
 * Hours that came with a notice, in the place of older ones. Nothing is claimed past their last interval: what follows
 * comes with the edition. Null where they hold none: then nothing is known.
 */
function hoursFromNews({ begins }, intervals) {
  if (!intervals.length) return null;
  const spans = [];
  let last = begins;
  for (const [start, length] of intervals) {
    if (start + length <= last) continue;
    spans.push(Math.max(start, last) - last, start + length - Math.max(start, last));
    last = start + length;
  }
  // Cut where the weeks that were told end, and not because anybody shuts then.
  const endless = spans[spans.length - 1] > 7 * FULL_DAY;
  return { ends: last, state: intervals[0][2] === "appointment" ? "appointment" : "open", spans, endless };
}

function wallMinute(hours, minute) {
  const known = hours.clock.filter(([start]) => start <= minute);
  return minute + (known.length ? known[known.length - 1] : hours.clock[0])[1];
}

/** {state, until, next}, UTC minutes or null; "unknown" outside the weeks that were compiled. */
function standing(hours, minute) {
  if (!hours || minute < hours.begins || minute >= hours.ends) return { state: "unknown", until: null, next: null };
  let end = hours.begins;
  for (let at = 0; at < hours.spans.length; at += 2) {
    const start = end + hours.spans[at];
    end = start + hours.spans[at + 1];
    if (minute < start) return { state: "closed", until: start, next: start };
    if (minute < end) {
      const last = at + 2 === hours.spans.length;
      return { state: hours.state, until: last && hours.endless ? null : end, next: last ? hours.after : end + hours.spans[at + 2] };
    }
  }
  return { state: "closed", until: hours.after, next: hours.after };
}

/** « ouvert, ferme à 17 h », « fermé, rouvre lundi à 9 h », « fermé aujourd’hui (jour férié), rouvre… » */
function hoursWords(hours, minute) {
  const { state, until } = standing(hours, minute);
  if (state === "unknown") return HOURS_UNKNOWN;
  const words = state === "closed" ? closedWords(hours, minute, until) : openWords(hours, minute, state, until);
  return isUnsure(hours, minute, until, state) ? `${words} (hors vacances scolaires)` : words;
}

function openWords(hours, minute, state, until) {
  if (until === null || until - minute > 7 * FULL_DAY) {
    return `${state === "open" ? "ouvert" : "sur rendez-vous,"} 24${NBSP}h/24`;
  }
  const when = momentWords(wallMinute(hours, minute), wallMinute(hours, until), until - minute, true);
  return state === "open" ? `ouvert, ferme ${when}` : `sur rendez-vous, ${untilWords(when)}`;
}

/** « dans 10 minutes » as « encore 10 minutes », « le 4 janvier » as « jusqu’au 4 janvier », « à 17 h » as « jusqu’à 17 h ». */
function untilWords(when) {
  if (when.startsWith("dans ")) return `encore ${when.slice(5)}`;
  if (when.startsWith("le ")) return `jusqu’au ${when.slice(3)}`;
  return when.startsWith("à ") ? `jusqu’${when}` : `jusqu’à ${when}`;
}

function closedWords(hours, minute, until) {
  const today = Math.floor(wallMinute(hours, minute) / FULL_DAY);
  const rule = hours.closed.find(([first, last]) => first <= today && today <= last);
  const shut = rule ? `fermé aujourd’hui (${rule[2]})` : "fermé";
  if (until === null) return shut;
  const when = momentWords(wallMinute(hours, minute), wallMinute(hours, until), until - minute, false);
  return `${shut}, ${hours.state === "open" ? "rouvre" : "sur rendez-vous"} ${when}`;
}

/** Today, or the day of the opening promised, may turn out to be a school holiday. */
function isUnsure(hours, minute, until, state) {
  return (until === null || state !== "closed" ? [minute] : [minute, until])
    .map((moment) => Math.floor(wallMinute(hours, moment) / FULL_DAY))
    .some((day) => hours.unsure.some(([first, last]) => first <= day && day <= last));
}

/** « dans 10 minutes », « à 17 h », « demain à 9 h », « lundi à 9 h », « le 4 janvier à 9 h »; wall minutes. */
function momentWords(now, then, remaining, ends) {
  if (remaining <= SOON) return `dans ${remaining}${NBSP}minute${remaining > 1 ? "s" : ""}`;
  const atMidnight = ends && then % FULL_DAY === 0;
  const day = Math.floor((atMidnight ? then - 1 : then) / FULL_DAY);
  const today = Math.floor(now / FULL_DAY);
  const clock = atMidnight ? "à minuit" : `à ${hourWords(then % FULL_DAY)}`;
  if (day === today) return clock;
  if (day === today + 1) {
    const night = then % FULL_DAY <= NIGHT_ENDS && !atMidnight && now % FULL_DAY >= FULL_DAY / 2;
    return `${night ? "cette nuit" : "demain"} ${clock}`;
  }
  // 1 January 1970 was a Thursday.
  if (day - today < 7) return `${WEEKDAYS[(day + 3) % 7]} ${clock}`;
  return `le ${dayNumberWords(day, day - today > 300)} ${clock}`;
}

function hourWords(minute) {
  return `${Math.floor(minute / 60)}${NBSP}h${minute % 60 ? NBSP + String(minute % 60).padStart(2, "0") : ""}`;
}

/** A day counted from 1970: 4 janvier, with its year where it could be taken for another. */
function dayNumberWords(number, withYear) {
  const day = new Date(number * FULL_DAY * 60000);
  const date = day.getUTCDate() === 1 ? "1er" : day.getUTCDate();
  const words = `${date}${NBSP}${MONTHS[day.getUTCMonth()]}`;
  return withYear ? `${words} ${day.getUTCFullYear()}` : words;
}
