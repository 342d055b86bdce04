/* Where the notebook is kept, its backup as a file, and the way back from such a file. No server is asked. */
((desk) => {
  "use strict";

  const FORMAT = "essay-assistant-notebook";
  const BACKED_UP = "essay-assistant-notebook-backup";
  const LARGEST = 50_000_000; // bytes of a file that is read
  const count = (number) => (number === 1 ? "1 quotation" : `${number} quotations`);

  // What a backup holds of the pins, to know whether they have changed since.
  const contents = (pins) => pins.map(({ id, note, tags }) => [id, note, tags]);

  function lastBackup() {
    try {
      return JSON.parse(localStorage.getItem(BACKED_UP)) || null;
    } catch {
      return null;
    }
  }

  function noteBackup(pins, at) {
    try {
      localStorage.setItem(BACKED_UP, JSON.stringify({ at, of: digest(pins) }));
    } catch {
      // The file is saved all the same; only that it was is forgotten.
    }
    desk.drawKept(pins);
  }

  // A short number for a text (FNV-1a); it only has to differ when the notebook does.
  function digest(pins) {
    let hash = 0x811c9dc5;
    for (const letter of JSON.stringify(contents(pins))) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
    return hash;
  }

  desk.drawKept = (pins) => {
    const line = document.getElementById("notebook-kept");
    if (!line) return;
    const backup = lastBackup();
    const day = backup && new Date(backup.at).toLocaleDateString(undefined, { day: "numeric", month: "long", year: "numeric" });
    const when = !backup ? "There is no backup yet." : `Backed up on ${day}${backup.of === digest(pins) ? "." : "; it has changed since."}`;
    const where = "It is kept in this browser on this computer alone, and goes when the browser’s data are cleared.";
    const words = pins.length ? `${where} ${when}` : where;
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("not-backed-up", Boolean(pins.length) && backup?.of !== digest(pins));
  };

  function backUp() {
    desk.keepNotes();
    const pins = desk.pins();
    if (!pins.length) return void desk.say("There is nothing to back up yet.", true);
    const at = new Date().toISOString();
    const text = JSON.stringify({ format: FORMAT, version: 1, saved: at, pins }, null, 1);
    const name = `notebook-${at.slice(0, 10)}.json`;
    desk.downloadText({ name, type: "application/json", text });
    noteBackup(pins, at);
    desk.say(`${count(pins.length)} saved in ${name}.`, true);
  }

  const key = (pin) => `${pin.passage} ${pin.start} ${pin.end} ${pin.words}`;

  // A pin that is there and in the file keeps what both say of it.
  function joined(pin, other) {
    const note = [pin.note, other.note].filter((each) => each.trim());
    const notes = note.length < 2 || note[0].includes(note[1]) ? note[0] || "" : note[1].includes(note[0]) ? note[1] : note.join("\n\n");
    return { ...pin, note: notes, tags: desk.tagsOf([...pin.tags, ...other.tags]) };
  }

  function restore(name, text) {
    let pins = null;
    try {
      const value = JSON.parse(text);
      if (value?.format === FORMAT && Array.isArray(value.pins)) pins = value.pins.map(desk.validPin);
    } catch {
      // Said below.
    }
    if (!pins) return void desk.say(`${name} is no backup of a notebook; choose a file that “Back up” has saved.`, true);
    const good = pins.filter(Boolean);
    desk.keepNotes();
    const there = new Map(desk.pins().map((pin) => [key(pin), pin]));
    const added = [...new Map(good.filter((pin) => !there.has(key(pin))).map((pin) => [key(pin), pin])).values()];
    if (there.size + added.length > desk.mostPins) {
      return void desk.say(`A notebook has room for ${desk.mostPins} quotations, and with those of ${name} there would be ${there.size + added.length}; nothing is restored.`, true);
    }
    const ids = new Set(desk.pins().map((pin) => pin.id));
    const fresh = added.map((pin) => (ids.has(pin.id) ? { ...pin, id: desk.newId() } : pin));
    const others = new Map(good.map((pin) => [key(pin), pin]));
    const done = desk.changePins((now) => [...now.map((pin) => (others.has(key(pin)) ? joined(pin, others.get(key(pin))) : pin)), ...fresh]);
    if (!done) return;
    const bad = pins.length - good.length;
    const left = bad ? ` ${count(bad)} of the file ${bad === 1 ? "is" : "are"} damaged and left out.` : "";
    desk.say(`${count(added.length)} restored; ${good.length - added.length} ${good.length - added.length === 1 ? "was" : "were"} there already.${left}`, true);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#back-up")) backUp();
    if (event.target.closest?.("#restore")) document.getElementById("restore-file").click();
  });
  document.addEventListener("change", async (event) => {
    if (event.target.id !== "restore-file") return;
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    if (file.size > LARGEST) return void desk.say(`${file.name} is too large to be a backup of a notebook.`, true);
    restore(file.name, await file.text());
    document.getElementById("restore").focus();
  });
})(window.desk);
