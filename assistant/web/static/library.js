/* The library: sorting its table, and the actions on each essay, in one dialog. */
((desk) => {
  "use strict";

  let act = null; // has the server do something
  let changed = null; // tells it that the library has changed
  let sorted = { by: "author", down: false };
  let subject = ""; // id of the essay that the dialog is about
  let read = ""; // the record from which its form was filled in
  let returning = null; // where the focus goes when the table has been drawn again

  const ENDINGS = [
    ".pdf", ".docx", ".odt", ".rtf", ".epub", ".html", ".htm", ".xhtml", ".txt", ".text", ".md", ".markdown",
    ".tex", ".latex",
  ];
  const ROWS = 100; // rows that are drawn before more are asked for
  let shown = ROWS;

  const sheet = () => document.getElementById("sheet");
  const status = () => document.getElementById("library-said");

  desk.serveLibrary = (ask, tell) => {
    act = ask;
    changed = tell;
    desk.whenDrawn("#essay-file input[type=file]", (input) => (input.accept = ENDINGS.join(",")));
  };

  desk.toLibrary = () => {
    document.getElementById("library-button")?.click();
    desk.whenDrawn("#essay-file button, #essay-file input", (part) => part.focus());
  };

  // Sorting --------------------------------------------------------------------------------------

  const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  desk.sortShelf = () => {
    const head = document.querySelector(`#shelf button[data-sort="${sorted.by}"]`)?.closest("th");
    if (!head) return;
    for (const other of head.parentElement.querySelectorAll("[aria-sort]")) {
      other.setAttribute("aria-sort", other !== head ? "none" : sorted.down ? "descending" : "ascending");
    }
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows].map((row) => [row.cells[head.cellIndex].dataset.order || "", row]);
    // Unknown values come last in both directions.
    rows.sort(([first], [second]) => !first - !second || inOrder.compare(first, second) * (sorted.down ? -1 : 1));
    body.append(...rows.map(([, row]) => row));
    desk.limitRows();
  };

  // Of thousands of essays the first are drawn; sorting, filtering and choosing know them all.
  desk.limitRows = (first = shown) => {
    shown = first;
    const rows = [...document.querySelectorAll("#shelf .essays tbody tr")].filter((row) => !row.hidden);
    for (const [place, row] of rows.entries()) row.classList.toggle("beyond", place >= shown);
    const more = document.querySelector("#shelf .shelf-more");
    if (!more) return;
    more.hidden = rows.length <= shown;
    more.querySelector(".shelf-shown").textContent = `${Math.min(shown, rows.length).toLocaleString("en")} of ${rows.length.toLocaleString("en")} essays.`;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#shelf .shelf-more button")) return;
    const next = document.querySelector("#shelf tr.beyond");
    desk.limitRows(shown + ROWS);
    next?.querySelector("input, button")?.focus();
  });

  // A folder that is dropped: its files, and those of the folders in it --------------------------------

  const isEssay = (file) => ENDINGS.some((ending) => file.name.toLowerCase().endsWith(ending));

  function entriesOf(folder) {
    const reader = folder.createReader();
    // A browser hands out a hundred at a time.
    const read = () => new Promise((done, failed) => reader.readEntries(done, failed));
    const all = async (found) => {
      const more = await read();
      return more.length ? all([...found, ...more]) : found;
    };
    return all([]);
  }

  async function filesOf(entry) {
    if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
    const files = [];
    for (const inner of await entriesOf(entry)) if (!inner.name.startsWith(".")) files.push(...(await filesOf(inner)));
    return files;
  }

  function choose(files) {
    const essays = files.filter(isEssay).sort((first, second) => inOrder.compare(first.name, second.name));
    const input = document.querySelector("#essay-file input[type=file]");
    const others = files.length - essays.length;
    const left = others ? ` ${others === 1 ? "1 other file is" : `${others} other files are`} left out.` : "";
    if (!essays.length || !input) return void desk.say(`The folder has no PDF or text file.${left}`, true);
    const chosen = new DataTransfer();
    for (const file of essays) chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    desk.say(`${essays.length === 1 ? "1 file is" : `${essays.length} files are`} chosen.${left}`, true);
  }

  document.addEventListener("drop", (event) => {
    if (!event.target.closest?.("#essay-file")) return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const sorry = () => desk.say("The browser could not read the folder; choose its files instead.", true);
    Promise.all(entries.map(filesOf)).then((found) => choose(found.flat()), sorry);
  }, true);
  document.addEventListener("change", (event) => {
    if (event.target.id !== "essay-folder") return;
    choose([...event.target.files]);
    event.target.value = "";
  });

  function sortBy(name) {
    sorted = { by: name, down: sorted.by === name && !sorted.down };
    desk.sortShelf();
    desk.say(`Sorted by ${name}, ${sorted.down ? "descending" : "ascending"}.`);
  }

  // The table has been drawn, or drawn again.
  desk.shelfArrived = () => {
    desk.sortShelf();
    desk.drawChoice();
    if (!returning || !document.querySelector("#shelf .shelf")) return;
    const { essay, name } = returning;
    returning = null;
    if (document.activeElement !== document.body) return;
    const row = [...document.querySelectorAll("#shelf tr[data-essay]")].find((each) => each.dataset.essay === essay);
    row?.querySelector(`[data-act="${name}"]`)?.focus();
  };

  // The dialog -----------------------------------------------------------------------------------

  function show(html, essay) {
    subject = essay;
    read = "";
    sheet().querySelector(".sheet").innerHTML = html;
    sheet().showModal();
    sheet().scrollTop = 0;
  }

  function fault(sentence) {
    const part = sheet().open ? sheet().querySelector(".fault") : null;
    if (!part) return void desk.say(sentence, true);
    part.textContent = sentence;
    part.hidden = !sentence;
    part.scrollIntoView({ block: "nearest" });
  }

  // One action at a time; its button is disabled meanwhile.
  async function ask(button, ...asked) {
    if (button) button.disabled = true;
    try {
      return await act(...asked);
    } catch {
      return { fault: "The server did not answer; check whether the program is still running." };
    } finally {
      if (button) button.disabled = false;
    }
  }

  async function open(button, name, essay) {
    const answer = await ask(button, name, essay);
    button.focus();
    if (answer.html) return void show(answer.html, essay);
    fault(answer.fault);
    changed({});
  }

  // Say what was done, outside the table, which is drawn again; with the way back if there is one.
  function tell(answer) {
    if (answer.html) {
      status().innerHTML = answer.html;
      status().querySelector("button")?.focus();
    } else {
      status().textContent = [answer.said, ...(answer.warnings || [])].join(" ");
    }
    changed({});
  }

  const formOf = () => sheet().querySelector("form.edit");

  async function fillIn(button) {
    const form = formOf();
    const text = form.elements.record.value;
    const answer = await ask(button, "read", subject, text);
    if (answer.fault) return void fault(answer.fault);
    read = text;
    fault("");
    for (const [name, value] of Object.entries(answer.form)) {
      const control = form.elements[name];
      if (!control) continue;
      if (control.tagName === "SELECT" && ![...control.options].some((option) => option.value === value)) {
        control.add(new Option(value || "Not known", value));
      }
      control.value = value;
    }
    form.elements.title.focus();
    desk.say("The fields are filled in; check them and save.", true);
  }

  async function save() {
    const form = formOf();
    const button = form.querySelector("[type=submit]");
    const text = form.elements.record.value;
    if (text.trim() && text !== read) return void fillIn(button);
    const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "record"));
    button.textContent = "Saving…";
    const answer = await ask(button, "save", subject, fields, text);
    button.textContent = "Save";
    if (answer.fault) return void fault(answer.fault);
    sheet().close();
    returning = { essay: subject, name: "edit" };
    tell(answer);
  }

  async function remove(button, name) {
    const forGood = sheet().querySelector("[name='for-good']");
    const answer = await ask(button, name, subject, ...(forGood ? [forGood.checked] : []));
    if (answer.fault) return void fault(answer.fault);
    sheet().close();
    tell(answer);
  }

  async function restore(button, essay) {
    const answer = await ask(button, "restore", essay);
    if (answer.fault) return void fault(answer.fault);
    returning = { essay, name: "open" };
    document.activeElement?.blur();
    tell(answer);
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const column = target.closest("#shelf button[data-sort]");
    if (column) return void sortBy(column.dataset.sort);
    if (target.closest("#choose-folder")) return void document.getElementById("essay-folder").click();
    if (target.closest("#sheet .close")) return void sheet().close();
    if (target.closest("#to-library, .to-library")) return void desk.toLibrary();
    const button = target.closest("#shelf button[data-act], #report button[data-act], #library-said button, #sheet button[data-act]");
    if (!button || !act) return;
    const essay = button.closest("[data-essay]")?.dataset.essay || "";
    const name = button.dataset.act;
    if (name === "open") desk.openWhole(essay);
    else if (name === "read") fillIn(button);
    else if (name === "restore") restore(button, essay);
    else if (name.endsWith("-now")) remove(button, name);
    else open(button, name, essay);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("#sheet form.edit")) return;
    event.preventDefault();
    save();
  });

  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.id !== "edit-record-file" || !input.files[0]) return;
    if (input.files[0].size > 200_000) return void fault("The record is too long; give that of the essay alone.");
    formOf().elements.record.value = await input.files[0].text();
    fillIn(null);
  });
})(window.desk);
