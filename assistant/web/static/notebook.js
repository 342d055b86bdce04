/* The notebook: pinned quotations in this browser's own storage, for all its tabs. It is read again before each
   change, so that no tab loses what another has added. */
((desk) => {
  "use strict";

  const KEY = "essay-assistant-notebook";
  const MOST_PINS = 5000; // the most that the server looks up
  const MOST_TAGS = 20; // of one pin
  const LONGEST_TAG = 60;
  const TEXTS = ["id", "essay", "passage", "words", "title", "citation", "reference", "question", "note"];

  // Tags in their order, each once, whatever its case.
  desk.tagsOf = (value) => {
    const tags = (Array.isArray(value) ? value : []).filter((tag) => typeof tag === "string");
    const clean = tags.flatMap((tag) => tag.split(/[,;]/)).map((tag) => [...tag.trim().replace(/\s+/g, " ")].slice(0, LONGEST_TAG).join("")).filter(Boolean);
    return [...new Map(clean.map((tag) => [tag.toLowerCase(), tag]).reverse()).values()].reverse().slice(0, MOST_TAGS);
  };

  function validPin(value) {
    if (!value || TEXTS.slice(0, 4).some((name) => typeof value[name] !== "string" || !value[name])) return null;
    if (!Number.isInteger(value.start) || !Number.isInteger(value.end)) return null;
    const texts = TEXTS.map((name) => [name, typeof value[name] === "string" ? value[name] : ""]);
    return { ...Object.fromEntries(texts), start: value.start, end: value.end, tags: desk.tagsOf(value.tags) };
  }

  function stored() {
    try {
      const pins = JSON.parse(localStorage.getItem(KEY))?.pins;
      return Array.isArray(pins) ? pins.map(validPin).filter(Boolean) : [];
    } catch {
      return [];
    }
  }

  desk.pins = stored;
  desk.validPin = validPin;
  desk.mostPins = MOST_PINS;

  const isFull = (fault) => fault.name === "QuotaExceededError" || fault.name === "NS_ERROR_DOM_QUOTA_REACHED";

  // Change the stored pins; returns whether the browser has stored the result.
  desk.changePins = (change) => {
    const pins = change(stored());
    try {
      localStorage.setItem(KEY, JSON.stringify({ pins }));
    } catch (fault) {
      const why = isFull(fault) ? "The notebook is full: save it, then remove what you do not need." : "This browser stores no notebook: it is set not to store anything for this page.";
      desk.say(why, true);
      return false;
    }
    desk.pinsChanged();
    return true;
  };

  const same = (first, second) => first.passage === second.passage && first.start === second.start && first.end === second.end;
  desk.pinned = (span) => stored().find((pin) => same(pin, span));

  desk.pin = (span) => {
    if (stored().length >= MOST_PINS) return void desk.say("The notebook is full: save it, then remove what you do not need.", true);
    const pin = validPin({ ...span, id: desk.newId() });
    const added = pin && desk.changePins((pins) => (pins.some((each) => same(each, pin)) ? pins : [...pins, pin]));
    if (added) desk.say(`Pinned to the notebook, which now has ${stored().length}.`, true);
  };

  desk.unpin = (id) => desk.changePins((pins) => pins.filter((pin) => pin.id !== id));

  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) desk.pinsChanged();
  });

  // What the server knows of the pins -------------------------------------------------------------

  const REST_MS = 200;
  let server = null;
  const known = new Map(); // by pin, what the server returned for it last
  const fresh = new Set(); // pins for which that is in the chosen style
  let style = "";
  let waiting = 0;

  desk.known = (id) => known.get(id);

  desk.serveNotebook = (functions) => {
    server = functions;
    desk.showForm();
    desk.pinsChanged();
  };
  desk.notebookServer = () => server;
  desk.notebookStyle = () => style;

  desk.citePinsIn = (chosen) => {
    if (chosen === style) return;
    style = chosen;
    desk.lookUpPins(true);
  };

  // What a pin stores in case its essay is removed from the library.
  function updated(pin) {
    const now = known.get(pin.id);
    return now?.current ? { ...pin, title: now.title, citation: now.citation, reference: now.reference } : pin;
  }

  async function lookUp() {
    const pins = stored().filter((pin) => !fresh.has(pin.id));
    if (!server || !style || !pins.length) return;
    const asked = style;
    const entries = await server.lookUp(JSON.stringify(pins), asked).catch(() => []);
    if (asked !== style || entries.length !== pins.length) return;
    for (const [place, pin] of pins.entries()) {
      known.set(pin.id, entries[place]);
      fresh.add(pin.id);
    }
    if (JSON.stringify(stored()) === JSON.stringify(stored().map(updated))) desk.drawPins();
    else desk.changePins((now) => now.map(updated));
  }

  // `again`: the style or the library has changed, so what is known may be out of date.
  desk.lookUpPins = (again = false) => {
    if (again) fresh.clear();
    clearTimeout(waiting);
    waiting = setTimeout(lookUp, REST_MS);
  };

  desk.pinsChanged = () => {
    desk.markPinned();
    desk.drawPins();
    desk.lookUpPins();
  };
})(window.desk);
