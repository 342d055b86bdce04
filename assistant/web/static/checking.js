/* What the part that checks stores over a reload, in this tab only: the pasted text, the chosen essays, and the
   text that was checked last, which the server then checks again. Also the download of the corrected copy. */
((desk) => {
  "use strict";

  const KEY = "essay-assistant-check";
  const REST_MS = 300;
  let stored = desk.readSession(KEY);
  let restored = false; // whether the page has shown what was stored; until then nothing new is stored
  let waiting = 0;
  let asked = false; // whether the reader waits for a result

  function write() {
    if (!restored) return;
    const box = document.querySelector("#check-text textarea");
    if (box) stored.text = box.value;
    desk.writeSession(KEY, stored);
  }

  function writeSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(write, REST_MS);
  }

  desk.keptCheck = () => {
    restored = true;
    return JSON.stringify(stored);
  };

  desk.keepCheckedEssays = (essays) => {
    if (!restored) return;
    stored.essays = essays;
    writeSoon();
  };

  // Note what is sent to the server, so that it can be checked again.
  desk.checkBegins = (text, file, essays, style) => {
    stored.checked = { text: file ? "" : text, file: file?.orig_name || "", essays, style };
    write();
    asked = true;
    return [text, file, essays, style];
  };

  // The result is shown, and is where the keys go on, if it was asked for just now.
  desk.checkArrived = () => {
    const result = document.querySelector("#checked :is(h2, .fault)");
    if (!asked || !result || document.querySelector("#checked .wait")) return;
    asked = false;
    result.tabIndex = -1;
    result.focus({ preventScroll: true });
    result.closest("section, p").scrollIntoView({ behavior: desk.smooth(), block: "start" });
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
