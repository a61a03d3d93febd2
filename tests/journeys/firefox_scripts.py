"""The scripts that Firefox runs for us: in pages, and in its own window with all its powers."""

# The script becomes the body of an async function: a promise counts when it settles, never as
# something true in itself. The answer is always an object, for Marionette says plain null
# when the page is left before the script has ended.
ASYNC_BODY = """
const given = [...arguments], finish = given.pop();
(async function () {
%s
}).apply(null, given).then(
  value => finish({ value }),
  reason => finish({ raised: `${reason}`, stack: `${reason?.stack ?? ""}` }));
"""

SET_PREFERENCES = """
const setters = { boolean: "setBoolPref", number: "setIntPref", string: "setStringPref" };
for (const [name, value] of Object.entries(arguments[0]))
  Services.prefs[setters[typeof value]](name, value);
"""

# The address of the next document, once loaded. Error pages never call themselves complete.
RELOADED = """
const { documentURI, readyState } = document;
return performance.timeOrigin !== %r
  && (readyState === "complete" || documentURI.startsWith("about:")) && documentURI;
"""

# Firefox's window has a least width far above a phone's; a style of its own lifts it.
# Returns the height of the toolbars, which the window has and the page has not.
FREE_WINDOW = """
for (const side of ["min-width", "min-height"])
  document.documentElement.style.setProperty(side, "0", "important");
return outerHeight - gBrowser.selectedBrowser.clientHeight;
"""

# Connections kept alive survive going offline and go on answering: they have to be dropped.
SWITCH_OFFLINE = """
Services.io.offline = arguments[0];
Services.obs.notifyObservers(null, "net:prune-all-connections");
"""
