/* What the part that checks keeps over a reload, in this tab alone: the words that were pasted, the essays
   chosen, and what was checked last, as words, from which the server finds everything again. And the mended
   copy, which is made into a file here. */
((desk) => {
  "use strict";

  const KEPT = "essay-assistant-check";
  const REST_MS = 300;
  const FORGET_MS = 10_000; // the browser has then begun to save
  let kept = read();
  let begun = false; // whether the page was told what was kept; before, there is nothing to keep
  let waiting = 0;

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) || {};
    } catch {
      return {};
    }
  }

  function write() {
    if (!begun) return;
    const box = document.querySelector("#check-text textarea");
    if (box) kept.text = box.value;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing, or no more: the page works, and this part is empty after a reload.
    }
  }

  function writeSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(write, REST_MS);
  }

  desk.keptCheck = () => {
    begun = true;
    return JSON.stringify(kept);
  };

  desk.keepCheckedEssays = (essays) => {
    if (!begun) return;
    kept.essays = essays;
    writeSoon();
  };

  // What is asked of the server goes through here, so that it can be asked again.
  desk.checkBegins = (text, file, essays, style) => {
    kept.checked = { text: file ? "" : text, file: file?.orig_name || "", essays, style };
    write();
    return [text, file, essays, style];
  };

  function save(button) {
    const bytes = Uint8Array.from(atob(button.dataset.bytes), (letter) => letter.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    link.download = button.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), FORGET_MS);
    desk.say(`${button.dataset.name} is saved where your browser saves files.`, true);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-bytes]");
    if (button) save(button);
  });
  document.addEventListener("input", (event) => event.target.closest?.("#check-text") && writeSoon());
  window.addEventListener("pagehide", write);
})(window.desk);
