/* Words that are selected, in a card or in the essay: copied with their citation, pinned, asked about, checked.
   What is copied by Ctrl+C stays plain. Offsets are counted in code points, as the server counts them. */
((desk) => {
  "use strict";

  const REST_MS = 180;
  const LONGEST_ASKED = 160; // characters of a phrase that is asked about
  let ask = null; // asks the server for the quotation of some words
  let chosen = []; // what is selected: one span for each passage, in reading order
  let quotation = null; // of exactly these words, once the server has sent it
  let waiting = 0;

  const length = (text) => [...text].length;

  desk.quoteSelectionWith = (server) => (ask = server);

  // The selection as spans of passages -------------------------------------------------------------

  // The elements that hold a passage's characters, no more and no less.
  function holders(range) {
    const root = range.commonAncestorContainer;
    const element = root.nodeType === Node.ELEMENT_NODE ? root : root.parentElement;
    const inside = element.closest("#pane .reader [data-passage], #conversation .card .passage-text");
    if (inside) return [inside];
    const area = element.closest("#pane");
    return area ? desk.passages().filter((part) => range.intersectsNode(part)) : [];
  }

  function spanIn(holder, range) {
    const within = range.cloneRange();
    if (!holder.contains(range.startContainer)) within.setStart(holder, 0);
    if (!holder.contains(range.endContainer)) within.setEnd(holder, holder.childNodes.length);
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(within.startContainer, within.startOffset);
    const raw = within.toString();
    const words = raw.trim();
    const start = length(before.toString()) + length(raw.slice(0, raw.length - raw.trimStart().length));
    const owner = holder.closest("[data-passage]");
    const essay = owner.dataset.essay || desk.reader().dataset.essay;
    const question = owner.closest(".turn")?.querySelector(".asked")?.textContent || "";
    return { essay, passage: owner.dataset.passage, start, end: start + length(words), words, question };
  }

  function spans() {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return [];
    const range = selection.getRangeAt(0);
    return holders(range).map((holder) => spanIn(holder, range)).filter((span) => span.words);
  }

  desk.selectedSpans = () => chosen;

  // What is offered --------------------------------------------------------------------------------

  function bar() {
    let part = document.getElementById("selected");
    if (part) return part;
    part = document.createElement("div");
    part.id = "selected";
    part.hidden = true;
    part.setAttribute("role", "toolbar");
    part.setAttribute("aria-label", "Selected words");
    for (const [act, label] of Object.entries(LABELS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = act;
      button.textContent = label;
      part.append(button);
    }
    // The selection stays when a button is pressed.
    part.addEventListener("pointerdown", (event) => event.preventDefault());
    document.body.append(part);
    return part;
  }

  const LABELS = { copy: "Copy with citation", pin: "Pin", ask: "Ask about this", check: "Check it is exact" };

  function place() {
    const selection = window.getSelection();
    if (!chosen.length || !selection.rangeCount) return void (bar().hidden = true);
    bar().hidden = false;
    const lines = selection.getRangeAt(0).getClientRects();
    const seen = [...lines].filter((line) => line.bottom > 0 && line.top < window.innerHeight && line.width);
    const [first, last] = [seen[0], seen.at(-1)];
    if (!first) return void (bar().hidden = true);
    const { offsetWidth: width, offsetHeight: height } = bar();
    const above = first.top - height - 8;
    bar().style.top = `${above > 8 ? above : Math.min(last.bottom + 8, window.innerHeight - height - 8)}px`;
    bar().style.left = `${Math.max(8, Math.min(first.left, window.innerWidth - width - 8))}px`;
  }

  async function fetchQuotation() {
    const asked = chosen;
    const sent = JSON.stringify(asked);
    const found = await Promise.resolve(ask?.(sent, desk.notebookStyle())).catch(() => null);
    if (asked !== chosen) return;
    quotation = found?.text ? found : null;
    const label = quotation?.citation && quotation.citation.length < 60 ? `Copy with ${quotation.citation}` : LABELS.copy;
    bar().querySelector("[data-do=copy]").textContent = label;
    place();
  }

  function update() {
    // The focus is on what is offered for the selection.
    if (bar().contains(document.activeElement) && !bar().hidden) return;
    const now = spans();
    if (JSON.stringify(now) === JSON.stringify(chosen)) return void place();
    chosen = now;
    quotation = null;
    bar().querySelector("[data-do=copy]").textContent = LABELS.copy;
    place();
    if (chosen.length) void fetchQuotation();
  }

  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, REST_MS);
  });
  document.addEventListener("scroll", () => chosen.length && place(), { capture: true, passive: true });
  window.addEventListener("resize", () => chosen.length && place());

  // What is done -----------------------------------------------------------------------------------

  const joined = () => chosen.map((span) => span.words).join("\n");

  const ACTS = {
    copy: () => {
      if (quotation) return void desk.copy(quotation, bar().querySelector("[data-do=copy]"), `Copied: ${quotation.text}`);
      desk.say("The citation of these words is not there yet; try again in a moment.", true);
      void fetchQuotation();
    },
    pin: () => {
      for (const span of chosen) desk.pin({ ...span, citation: quotation?.citation || "" });
    },
    ask: () => {
      const words = joined().replace(/\s+/g, " ");
      const phrase = words.length > LONGEST_ASKED ? `${words.slice(0, LONGEST_ASKED).replace(/\s+\S*$/u, "")}` : words;
      const box = document.querySelector("#question textarea");
      box.value = `What is said about “${phrase}”?`;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    },
    check: () => {
      const words = `“${joined().replace(/\s+/g, " ")}”`;
      document.getElementById("check-button")?.click();
      desk.whenDrawn("#check-text textarea", (box) => {
        box.value = words;
        box.dispatchEvent(new Event("input", { bubbles: true }));
        requestAnimationFrame(() => document.getElementById("go-check").click());
      });
    },
  };

  function act(name) {
    if (!chosen.length) return false;
    ACTS[name]();
    if (name !== "copy" && name !== "pin") clear();
    return true;
  }

  function clear() {
    window.getSelection().removeAllRanges();
    chosen = [];
    bar().hidden = true;
  }

  desk.copySelection = () => act("copy");
  desk.pinSelection = () => act("pin");
  desk.goToSelection = () => {
    if (!chosen.length || bar().hidden) return false;
    bar().querySelector("button").focus();
    return true;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#selected button");
    if (button) act(button.dataset.do);
  });

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.("#selected button");
    if (event.key === "Escape" && chosen.length && !bar().hidden && !event.target.closest?.("dialog, input, textarea")) {
      event.preventDefault();
      clear();
    } else if (button && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
      event.preventDefault();
      const next = event.key === "ArrowRight" ? button.nextElementSibling : button.previousElementSibling;
      next?.focus();
    }
  });

  // By key: from the sentence that has the focus, one sentence more or less with each press ---------

  let first = -1;
  let last = -1;

  desk.extendSelection = (by) => {
    const sentences = [...document.querySelectorAll("#pane .reader .s")];
    const focused = sentences.indexOf(document.activeElement?.closest?.("#pane .s"));
    if (first < 0 || window.getSelection().isCollapsed) {
      if (focused < 0 && !desk.stepSentence(1)) return false;
      first = sentences.indexOf(document.activeElement?.closest?.("#pane .s"));
      last = first;
    } else {
      last = Math.min(Math.max(last + by, first), sentences.length - 1);
    }
    if (first < 0) return false;
    const range = document.createRange();
    range.setStart(sentences[first], 0);
    range.setEnd(sentences[last], sentences[last].childNodes.length);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    sentences[last].scrollIntoView({ behavior: desk.smooth(), block: "nearest" });
    desk.say(`Selected: ${last - first + 1} ${last > first ? "sentences" : "sentence"}.`);
    return true;
  };

  document.addEventListener("pointerdown", () => (first = -1));
})(window.desk);
