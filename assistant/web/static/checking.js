/* What the part that checks keeps over a reload, in this tab alone: the words that were pasted, the essays
   chosen, and what was checked last, as words, from which the server finds everything again. And the mended
   copy, which is made into a file here. */
((desk) => {
  "use strict";

  const KEPT = "essay-assistant-check";
  const REST_MS = 300;
  let kept = desk.keptInTab(KEPT);
  let begun = false; // whether the page was told what was kept; before, there is nothing to keep
  let waiting = 0;

  function write() {
    if (!begun) return;
    const box = document.querySelector("#check-text textarea");
    if (box) kept.text = box.value;
    desk.keepInTab(KEPT, kept);
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
    const { name, bytes } = button.dataset;
    desk.download({ name, type: "application/octet-stream", content: bytes });
    desk.say(`${name} is saved where your browser saves files.`, true);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-bytes]");
    if (button) save(button);
  });
  document.addEventListener("input", (event) => event.target.closest?.("#check-text") && writeSoon());
  window.addEventListener("pagehide", write);
})(window.desk);
