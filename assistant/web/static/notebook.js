/* The notebook: pinned quotations in this browser's own storage, for all its tabs. What is stored is read again
   before each change, so that no tab takes away what another has added. */
((desk) => {
  "use strict";

  const KEPT = "essay-assistant-notebook";
  const MOST_PINS = 5000; // the server looks up no more
  const TEXTS = ["id", "essay", "passage", "words", "title", "citation", "reference", "question", "note"];

  function sound(value) {
    if (!value || TEXTS.slice(0, 4).some((name) => typeof value[name] !== "string" || !value[name])) return null;
    if (!Number.isInteger(value.start) || !Number.isInteger(value.end)) return null;
    const texts = TEXTS.map((name) => [name, typeof value[name] === "string" ? value[name] : ""]);
    return { ...Object.fromEntries(texts), start: value.start, end: value.end };
  }

  function stored() {
    try {
      const pins = JSON.parse(localStorage.getItem(KEPT))?.pins;
      return Array.isArray(pins) ? pins.map(sound).filter(Boolean) : [];
    } catch {
      return [];
    }
  }

  desk.pins = stored;

  const isFull = (fault) => fault.name === "QuotaExceededError" || fault.name === "NS_ERROR_DOM_QUOTA_REACHED";

  // Change the pins as they now are; gives whether the browser keeps what was made of them.
  desk.changePins = (change) => {
    const pins = change(stored());
    try {
      localStorage.setItem(KEPT, JSON.stringify({ pins }));
    } catch (fault) {
      const why = isFull(fault) ? "The notebook is full: save it, then remove what you do not need." : "This browser keeps no notebook: it is barred from storing anything for this page.";
      desk.say(why, true);
      return false;
    }
    desk.pinsChanged();
    return true;
  };

  const same = (one, other) => one.passage === other.passage && one.start === other.start && one.end === other.end;
  desk.pinned = (span) => stored().find((pin) => same(pin, span));

  // No two tabs make the same name; pages without encryption have no randomUUID.
  const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

  desk.pin = (span) => {
    if (stored().length >= MOST_PINS) return void desk.say("The notebook is full: save it, then remove what you do not need.", true);
    const pin = sound({ ...span, id: newId() });
    const added = pin && desk.changePins((pins) => (pins.some((each) => same(each, pin)) ? pins : [...pins, pin]));
    if (added) desk.say(`Pinned to the notebook, which now holds ${stored().length}.`, true);
  };

  desk.unpin = (id) => desk.changePins((pins) => pins.filter((pin) => pin.id !== id));

  window.addEventListener("storage", (event) => {
    if (event.key === KEPT || event.key === null) desk.pinsChanged();
  });

  // What the server knows of the pins -------------------------------------------------------------

  const REST_MS = 200;
  let server = null;
  const known = new Map(); // by pin, what the server said of it last
  const fresh = new Set(); // pins of which that is so in the style that is chosen
  let style = "";
  let waiting = 0;

  desk.known = (id) => known.get(id);

  desk.serveNotebook = (given) => {
    server = given;
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

  // What is kept of a pin should its essay leave the library.
  function keep(pin) {
    const now = known.get(pin.id);
    return now?.current ? { ...pin, title: now.title, citation: now.citation, reference: now.reference } : pin;
  }

  async function lookUp() {
    const pins = stored().filter((pin) => !fresh.has(pin.id));
    if (!server || !style || !pins.length) return;
    const asked = style;
    const found = await server.lookUp(JSON.stringify(pins), asked).catch(() => []);
    if (asked !== style || found.length !== pins.length) return;
    for (const [place, pin] of pins.entries()) {
      known.set(pin.id, found[place]);
      fresh.add(pin.id);
    }
    if (JSON.stringify(stored()) === JSON.stringify(stored().map(keep))) desk.drawPins();
    else desk.changePins((now) => now.map(keep));
  }

  // `again`: what is known may be out of date, for the style or the library is another.
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
