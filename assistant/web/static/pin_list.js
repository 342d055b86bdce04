/* The list of pins in the notebook. It is built from elements and text, never from HTML, so that nothing in an
   essay or a note can be taken for markup. */
((desk) => {
  "use strict";

  const NAMED_BY = 40; // characters of a pin's words in the names of its buttons
  const LONG = 340; // shown as a block, until the server has returned how the style sets it
  const REST_MS = 250;
  const GONE = "The essay is no longer in the library, or no longer has these words there; they are shown as they were pinned.";
  const drawn = new Map(); // by pin, its item
  let removed = null; // the last pin that was removed, and its place

  const list = () => document.getElementById("pins");

  function element(tag, name, text = "") {
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = text;
    return part;
  }

  function button(name, label) {
    const part = element("button", name, label);
    part.type = "button";
    return part;
  }

  function newItem(id) {
    const item = element("li", "pinned");
    item.dataset.id = id;
    const note = element("textarea", "pin-note");
    note.rows = 2;
    note.placeholder = "Your note";
    const tags = element("input", "pin-tags");
    tags.type = "text";
    tags.placeholder = "Tags, with commas between";
    tags.autocomplete = "off";
    const actions = element("div", "pin-actions");
    actions.append(
      button("copy copy-pin", "Copy"), button("open-pin", "Read"),
      button("move-up", "Move up"), button("move-down", "Move down"), button("remove-pin", "Remove"),
    );
    const head = element("div", "pin-head");
    const handle = element("span", "pin-handle");
    handle.title = "Drag to another place";
    head.append(handle, element("p", "pin-title"), element("p", "pin-citation"));
    item.append(
      head, element("blockquote", "pin-words"), element("p", "pin-gone"),
      element("p", "pin-question"), note, tags, actions,
    );
    return item;
  }

  function fill(item, pin, place, all) {
    const now = desk.known(pin.id);
    const part = (name) => item.querySelector(`.${name}`);
    // Text that does not change stays selected.
    const write = (name, text) => part(name).textContent !== text && (part(name).textContent = text);
    const block = now ? now.block : pin.words.length > LONG;
    write("pin-title", now?.title || pin.title || pin.essay);
    write("pin-words", now ? now.words : block ? pin.words : `“${pin.words}”`);
    part("pin-words").classList.toggle("block", block);
    write("pin-citation", now?.citation || pin.citation);
    write("pin-gone", now && !now.current ? GONE : "");
    write("pin-question", pin.question ? `Found by asking: ${pin.question}` : "");
    fillNote(part("pin-note"), pin);
    fillTags(part("pin-tags"), pin);
    part("open-pin").dataset.note = pin.passage;
    const { text, html = "", markdown = "" } = now?.quotation || { text: `“${pin.words}” ${pin.citation}` };
    const copied = part("copy-pin").dataset;
    copied.copy = text;
    for (const [form, value] of Object.entries({ html, markdown })) {
      if (value) copied[form] = value;
      else delete copied[form];
    }
    name(item, pin);
    part("move-up").setAttribute("aria-disabled", String(place === 0));
    part("move-down").setAttribute("aria-disabled", String(place === all - 1));
  }

  function fillNote(note, pin) {
    note.setAttribute("aria-label", `Your note on ${shortened(pin)}`);
    // What is being written is newer than what is stored.
    if (note.dataset.waits || note.value === pin.note) return;
    note.value = pin.note;
    grow(note);
  }

  function fillTags(box, pin) {
    box.setAttribute("aria-label", `Tags of ${shortened(pin)}`);
    if (box.dataset.waits || document.activeElement === box) return;
    box.value = pin.tags.join(", ");
  }

  function grow(note) {
    note.rows = Math.min(12, Math.max(2, note.value.split("\n").length, Math.ceil(note.value.length / 70)));
  }

  const shortened = (pin) => `“${pin.words.length > NAMED_BY ? `${[...pin.words].slice(0, NAMED_BY).join("").trim()}…` : pin.words}”`;

  function name(item, pin) {
    for (const each of item.querySelectorAll("button")) each.setAttribute("aria-label", `${each.textContent}: ${shortened(pin)}`);
  }

  function drawCount(count) {
    const heading = document.getElementById("pin-count");
    if (heading) heading.textContent = count ? `(${count})` : "";
    for (const tab of document.querySelectorAll("#notebook-button")) tab.dataset.count = count ? ` ${count}` : "";
  }

  desk.drawPins = () => {
    const pins = desk.pins();
    drawCount(pins.length);
    if (!list()) return;
    const focused = document.activeElement;
    const shown = desk.pinsShown(pins);
    const places = new Map(shown.map((pin, place) => [pin, place]));
    for (const [id, item] of drawn) {
      if (pins.some((pin) => pin.id === id)) continue;
      item.remove();
      drawn.delete(id);
    }
    for (const [place, pin] of pins.entries()) {
      const item = drawn.get(pin.id) || newItem(pin.id);
      drawn.set(pin.id, item);
      fill(item, pin, places.get(pin) ?? -1, shown.length);
      item.hidden = !places.has(pin);
      if (list().children[place] !== item) list().insertBefore(item, list().children[place] || null);
    }
    // An item loses the focus when it is moved in the document.
    if (focused?.isConnected && focused.closest("#pins")) focused.focus({ preventScroll: true });
    list().closest(".notebook").classList.toggle("none", !pins.length);
    desk.drawFilter(pins, shown.length);
    desk.drawKept(pins);
  };

  desk.notebookArrived = () => {
    drawn.clear();
    desk.drawPins();
  };

  // Notes and tags, stored as they are typed ---------------------------------------------------------

  let waiting = 0;
  const tagsIn = (box) => desk.tagsOf(box.value.split(/[,;\n]/));

  function keepNotes() {
    clearTimeout(waiting);
    const written = new Map();
    for (const [id, item] of drawn) {
      const boxes = [item.querySelector(".pin-note"), item.querySelector(".pin-tags")];
      if (boxes.some((box) => box.dataset.waits)) written.set(id, boxes);
    }
    if (!written.size) return;
    const now = (pin) => {
      const [note, tags] = written.get(pin.id) || [];
      return note ? { ...pin, note: note.dataset.waits ? note.value : pin.note, tags: tags.dataset.waits ? tagsIn(tags) : pin.tags } : pin;
    };
    if (!desk.changePins((pins) => pins.map(now))) return;
    for (const box of [...written.values()].flat()) delete box.dataset.waits;
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("#pins :is(.pin-note, .pin-tags)")) return;
    event.target.dataset.waits = "yes";
    if (event.target.matches(".pin-note")) grow(event.target);
    clearTimeout(waiting);
    waiting = setTimeout(keepNotes, REST_MS);
  });
  document.addEventListener("change", (event) => event.target.matches?.("#pins :is(.pin-note, .pin-tags)") && keepNotes());
  // The tags are shown as they are stored once the writer has left them.
  document.addEventListener("focusout", (event) => event.target.matches?.("#pins .pin-tags") && setTimeout(desk.drawPins));
  window.addEventListener("pagehide", keepNotes);
  desk.keepNotes = keepNotes;

  // Order, removal and undo -----------------------------------------------------------------

  // Put a pin where another one is; of those that the filter hides, none moves.
  desk.movePin = (id, goal) => {
    keepNotes();
    let [place, count] = [0, 0];
    const moved = desk.changePins((pins) => {
      const shown = desk.pinsShown(pins);
      const pin = shown.find((each) => each.id === id);
      count = shown.length;
      place = Math.min(Math.max(goal, 0), count - 1);
      if (!pin) return pins;
      const others = shown.filter((each) => each !== pin);
      const order = others.toSpliced(place, 0, pin).values();
      const moving = new Set(shown);
      return pins.map((each) => (moving.has(each) ? order.next().value : each));
    });
    if (moved) desk.say(`Number ${place + 1} of ${count}.`);
    return moved;
  };

  function move(id, by) {
    const place = desk.pinsShown(desk.pins()).findIndex((pin) => pin.id === id);
    if (place < 0 || !desk.movePin(id, place + by)) return;
    drawn.get(id)?.scrollIntoView({ behavior: desk.smooth(), block: "nearest" });
  }

  function remove(id) {
    keepNotes();
    const pins = desk.pins();
    const place = pins.findIndex((pin) => pin.id === id);
    const pin = pins[place];
    if (!pin || !desk.unpin(id)) return;
    removed = { pin, place };
    const undo = button("undo", "Undo");
    document.getElementById("notebook-said").replaceChildren(element("span", "", `Removed: ${shortened(pin)} `), undo);
    undo.focus();
    desk.say("Removed from the notebook; Undo puts it back.");
  }

  function undo() {
    const { pin, place } = removed;
    const back = (pins) => (pins.some((each) => each.id === pin.id) ? pins : pins.toSpliced(place, 0, pin));
    if (!desk.changePins(back)) return;
    removed = null;
    document.getElementById("notebook-said").replaceChildren();
    drawn.get(pin.id)?.querySelector(".remove-pin").focus();
    desk.say("Put back.");
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest?.("#notebook-said .undo")) return void undo();
    if (target.closest?.("#notebook-button")) desk.lookUpPins(true);
    const pressed = target.closest?.("#pins button");
    if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
    const id = pressed.closest(".pinned").dataset.id;
    if (pressed.matches(".move-up")) move(id, -1);
    if (pressed.matches(".move-down")) move(id, 1);
    if (pressed.matches(".remove-pin")) remove(id);
  });
})(window.desk);
