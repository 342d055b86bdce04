/* Copying in the chosen form: as formatted text, which keeps italics and block quotations, as plain text, or as
   Markdown. The server says what is copied; see `copied` in views/passage.py. */
((desk) => {
  "use strict";

  const CHOSEN = "essay-assistant-copy-as";
  const FORMS = ["formatted", "plain", "markdown"];
  const COPIED_FOR_MS = 1800;

  // For browsers that store nothing: the form chosen since the page was loaded, or the first.
  let chosen = "";

  function form() {
    try {
      chosen = localStorage.getItem(CHOSEN) || chosen;
    } catch {
      // The choice made on this page applies.
    }
    return FORMS.includes(chosen) ? chosen : FORMS[0];
  }

  desk.showForm = () => {
    const chooser = document.getElementById("copy-as");
    if (chooser) chooser.value = form();
  };

  document.addEventListener("change", (event) => {
    if (event.target.id !== "copy-as") return;
    chosen = event.target.value;
    try {
      localStorage.setItem(CHOSEN, chosen);
    } catch {
      // It applies until the page is loaded again.
    }
  });
  window.addEventListener("storage", (event) => event.key === CHOSEN && desk.showForm());

  const asHtml = (text) => {
    const holder = document.createElement("div");
    for (const [place, line] of text.split("\n").entries()) holder.append(...(place ? [document.createElement("br")] : []), line);
    return holder.innerHTML;
  };

  function flavoursOf(words) {
    const { text, html, markdown } = typeof words === "string" ? { text: words } : words;
    const flavours = { "text/plain": form() === "markdown" ? markdown || text : text };
    if (form() === "formatted") flavours["text/html"] = html || asHtml(text);
    return flavours;
  }

  // No clipboard on a page served without encryption to another machine, or no permission.
  function copyByCommand(flavours) {
    const focused = document.activeElement;
    const box = document.createElement("textarea");
    box.value = flavours["text/plain"];
    box.style.cssText = "position:fixed;inset:0 auto auto 0;opacity:0";
    document.body.append(box);
    box.select();
    const fill = (event) => {
      for (const [flavour, content] of Object.entries(flavours)) event.clipboardData.setData(flavour, content);
      event.preventDefault();
    };
    document.addEventListener("copy", fill);
    const done = document.execCommand("copy");
    document.removeEventListener("copy", fill);
    box.remove();
    focused?.focus({ preventScroll: true });
    return done;
  }

  async function put(flavours) {
    try {
      const blobs = Object.entries(flavours).map(([flavour, content]) => [flavour, new Blob([content], { type: flavour })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      return true;
    } catch {
      return copyByCommand(flavours);
    }
  }

  async function copy(flavours, part, message, shown) {
    const done = await put(flavours);
    part.classList.add(done ? "copied" : "not-copied");
    setTimeout(() => part.classList.remove("copied", "not-copied"), COPIED_FOR_MS);
    if (done) desk.say(message || "Copied.", shown);
    else desk.say("The browser did not allow copying; select the words instead.", true);
  }

  // Copy words in all their forms, and confirm it on `part` and with a message.
  desk.copy = (words, part, message = "", shown = Boolean(message)) => copy(flavoursOf(words), part, message, shown);

  // An address has one form.
  desk.copyPlain = (text, part, message) => copy({ "text/plain": text }, part, message, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const { copy: text, html, markdown } = button.dataset;
    desk.copy({ text, html, markdown }, button);
  });
})(window.desk);
