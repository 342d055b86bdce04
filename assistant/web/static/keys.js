/* The keyboard: the current card, the keys that act on it, and the list of keys. */
((desk) => {
  "use strict";

  let current = ""; // turn and passage of the current card, because its element may be replaced

  const EDITABLE = "input, textarea, select, [contenteditable='true'], [role='listbox'], [role='combobox']";
  // Elements in which the arrow keys have a meaning of their own.
  const USES_ARROWS = "#pane, [role='tab'], [role='tablist'], [role='radio'], [role='slider'], [role='menu']";

  const turnOf = (card) => [...document.querySelectorAll(".turn")].indexOf(card.closest(".turn"));
  const nameOf = (card) => `${turnOf(card)} ${card.dataset.passage}`;
  const currentCard = () => desk.cards().find((card) => nameOf(card) === current);
  const firstOfLast = () => document.querySelector("#conversation .turn:last-child .card");

  desk.choose = (card) => {
    current = nameOf(card);
    desk.cardsArrived();
  };

  desk.cardsArrived = () => {
    for (const card of desk.cards()) {
      card.tabIndex = -1;
      card.classList.toggle("current", nameOf(card) === current);
    }
  };

  function focus(card) {
    desk.choose(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ behavior: desk.smooth(), block: "nearest" });
  }

  function step(by) {
    const cards = desk.cards();
    const now = cards.indexOf(currentCard());
    const next = now < 0 ? firstOfLast() : cards[now + by];
    if (next) focus(next);
    return cards.length > 0;
  }

  function withCard(act) {
    const card = currentCard() || firstOfLast();
    if (!card) return false;
    desk.choose(card);
    act(card);
    return true;
  }

  const ask = () => document.querySelector("#question textarea");
  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    c: () => desk.copySelection() || desk.copySentence() || withCard((card) => card.querySelector(".copy-quotation, .copy-passage").click()),
    p: () => desk.pinSelection() || desk.pinSentence() || withCard(desk.pinCard),
    r: () => withCard(desk.openCard),
    j: () => desk.stepSentence(1),
    k: () => desk.stepSentence(-1),
    J: () => desk.extendSelection(1),
    K: () => desk.extendSelection(-1),
    s: () => desk.goToSelection(),
    o: () => desk.openContents(),
    i: () => { void desk.openIndex(); return true; },
    l: () => copyLink(),
    f: () => desk.startFinding(),
    v: () => desk.switchShown(),
    "+": () => desk.zoomPages(1),
    "-": () => desk.zoomPages(-1),
    0: () => desk.zoomPages(0),
    "/": () => { ask().focus(); return true; },
    "?": () => { desk.showKeys(); return true; },
  };

  function applies(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.shiftKey && !"?/+JK".includes(event.key)) return false;
    if (!document.getElementById("desk")?.offsetParent || document.querySelector("dialog[open]")) return false;
    if (event.target.closest(EDITABLE) || (!event.key.startsWith("Arrow") && lettersAreOff())) return false;
    return !(event.key.startsWith("Arrow") && event.target.closest(USES_ARROWS));
  }

  document.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.key === "Escape" && event.target === ask() && !event.isComposing) {
      if (desk.stopEditing() || withCard(focus)) event.preventDefault();
      return;
    }
    const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
    if (act && applies(event) && act()) event.preventDefault();
  });

  // People who use speech input or press keys by accident can turn single letters off, in this browser.
  const OFF = "essay-assistant-letters-off";
  function lettersAreOff() {
    try {
      return localStorage.getItem(OFF) === "yes";
    } catch {
      return false;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.id !== "letters-on") return;
    try {
      if (event.target.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
    } catch {
      event.target.checked = true;
      desk.say("This browser stores no settings.", true);
    }
  });

  // A card whose button has the focus is the current one.
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.("#conversation .card");
    if (card && nameOf(card) !== current) desk.choose(card);
  });

  // The links to the passages are one stop of the Tab key; the arrows lead from one to the next. -------

  const anchors = () => [...document.querySelectorAll("#pane .anchor")];

  function stopAt(anchor) {
    for (const each of document.querySelectorAll('#pane .anchor[tabindex="0"]')) each.tabIndex = -1;
    if (anchor) anchor.tabIndex = 0;
  }

  desk.anchorsArrived = () => {
    if (!document.querySelector('#pane .anchor[tabindex="0"]')) stopAt(anchors()[0]);
  };

  document.addEventListener("focusin", (event) => {
    const passage = event.target.closest?.("#pane [data-passage]");
    const anchor = event.target.closest?.("#pane .anchor") || passage?.querySelector(".anchor") || null;
    if (anchor && anchor.tabIndex !== 0) stopAt(anchor);
  });

  document.addEventListener("keydown", (event) => {
    const anchor = event.target.closest?.("#pane .anchor");
    if (!anchor || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = anchors();
    const place = all.indexOf(anchor);
    const goal = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (!all[goal]) return;
    event.preventDefault();
    all[goal].focus();
    all[goal].scrollIntoView({ behavior: desk.smooth(), block: "nearest" });
  });

  function copyLink() {
    const passage = document.activeElement?.closest?.("#pane [data-passage]") || document.querySelector("#pane .current");
    const anchor = passage?.querySelector(".anchor");
    anchor?.click();
    return Boolean(anchor);
  }

  // The list of keys -----------------------------------------------------------------------------

  desk.showKeys = () => {
    document.getElementById("letters-on").checked = !lettersAreOff();
    document.getElementById("keys").showModal();
  };
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest?.("#show-keys")) return void desk.showKeys();
    // The dialog itself is the target only outside its content, on the backdrop.
    if (target.id === "keys") document.getElementById("keys").close();
  });
})(window.desk);
