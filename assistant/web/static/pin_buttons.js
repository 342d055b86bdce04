/* The buttons that pin: those of the cards, and one at the sentence of the essay that was last clicked or reached
   by key. Offsets are counted in code points, as the server counts them. */
((desk) => {
  "use strict";

  const characters = (text) => [...text];

  // Cards ----------------------------------------------------------------------------------------

  function ofButton(button) {
    const card = button.closest(".card");
    const [start, end] = [Number(button.dataset.start), Number(button.dataset.end)];
    const words = characters(card.querySelector(".passage-text").textContent).slice(start, end).join("");
    const citation = button.parentElement.querySelector(".citation, .passage-citation").textContent;
    const question = card.closest(".turn").querySelector(".asked")?.textContent || "";
    return { essay: card.dataset.essay, passage: card.dataset.passage, start, end, words, citation, question };
  }

  desk.spanOf = ofButton;

  function toggle(span) {
    const pin = desk.pinned(span);
    if (!pin) return void desk.pin(span);
    if (pin.note.trim()) return void desk.say("It is pinned with a note of yours; remove it in the notebook.", true);
    if (desk.unpin(pin.id)) desk.say("No longer pinned.", true);
  }

  desk.markPinned = () => {
    const pins = new Set(desk.pins().map((pin) => `${pin.passage} ${pin.start} ${pin.end}`));
    for (const button of document.querySelectorAll("#conversation .pin")) {
      const { start, end } = button.dataset;
      const pinned = pins.has(`${button.closest(".card").dataset.passage} ${start} ${end}`);
      button.setAttribute("aria-pressed", String(pinned));
    }
    showButton();
  };

  desk.pinCard = (card) => card.querySelector(".pin")?.click();

  // Sentences of the essay -----------------------------------------------------------------------

  let sentence = null; // the one that the button belongs to

  function ofSentence() {
    const part = sentence.closest("[data-passage]");
    const before = document.createRange();
    before.setStart(part, 0);
    before.setEndBefore(sentence);
    const start = characters(before.toString()).length;
    const words = sentence.textContent;
    const essay = desk.reader().dataset.essay;
    return { essay, passage: part.dataset.passage, start, end: start + characters(words).length, words };
  }

  function pinButton() {
    let button = document.getElementById("pin-sentence");
    if (!button) {
      button = document.createElement("button");
      button.id = "pin-sentence";
      button.type = "button";
      button.className = "pin";
      button.textContent = "Pin";
      button.setAttribute("aria-label", "Pin this sentence");
      document.body.append(button);
    }
    return button;
  }

  // Below the sentence's last line, as long as that is in sight.
  function showButton() {
    const button = pinButton();
    const lines = sentence?.isConnected ? sentence.getClientRects() : [];
    button.hidden = !lines.length;
    if (!lines.length) return;
    const last = lines[lines.length - 1];
    const pane = document.querySelector("#pane").getBoundingClientRect();
    const top = Math.max(pane.top, 0);
    const bottom = Math.min(pane.bottom, window.innerHeight);
    button.hidden = last.bottom < top || last.bottom > bottom;
    button.setAttribute("aria-pressed", String(Boolean(desk.pinned(ofSentence()))));
    const left = Math.min(last.right, pane.right - button.offsetWidth - 12);
    button.style.left = `${Math.max(left, pane.left + 4)}px`;
    button.style.top = `${Math.min(last.bottom + 2, bottom - button.offsetHeight)}px`;
  }

  document.addEventListener("focusin", (event) => {
    const target = event.target;
    if (target.id === "pin-sentence") return;
    sentence = target.closest?.("#pane .s") || null;
    showButton();
  });
  document.addEventListener("scroll", () => sentence && showButton(), { capture: true, passive: true });
  window.addEventListener("resize", () => sentence && showButton());

  desk.pinSentence = () => {
    if (!sentence?.isConnected || pinButton().hidden) return false;
    toggle(ofSentence());
    return true;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.pin");
    if (!button) return;
    if (button.id !== "pin-sentence") return void toggle(ofButton(button));
    desk.pinSentence();
    sentence?.focus({ preventScroll: true });
  });
})(window.desk);
