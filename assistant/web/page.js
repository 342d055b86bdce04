/* Copying, and the way from a card to its place in the essay. Every listener sits on the document,
   so it also serves what is put into the page later. */
(() => {
  "use strict";

  const COPIED_FOR_MS = 1800;
  let wanted = null; // a passage whose essay is on its way into the reading pane
  let origin = null; // the card from which the reader came
  const unfolded = new WeakMap(); // parts of cards opened or closed by hand, and which of the two

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const find = (root, attribute, value) =>
    root && [...root.querySelectorAll(`[${attribute}]`)].find((each) => each.getAttribute(attribute) === value);
  const reader = () => document.querySelector("#pane .reader");

  function say(words) {
    let voice = document.getElementById("desk-voice");
    if (!voice) {
      voice = document.createElement("div");
      voice.id = "desk-voice";
      voice.setAttribute("role", "status");
      voice.setAttribute("aria-live", "polite");
      document.body.append(voice);
    }
    voice.textContent = words;
  }

  // Seen on a phone only, where the essay stands below the conversation.
  function backButton() {
    let back = document.getElementById("back-to-card");
    if (!back) {
      back = document.createElement("button");
      back.id = "back-to-card";
      back.type = "button";
      back.textContent = "Back to the answer";
      document.body.append(back);
    }
    return back;
  }

  function goBack() {
    backButton().hidden = true;
    origin.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
    origin.querySelector(".read-here").focus({ preventScroll: true });
  }

  // Copying ------------------------------------------------------------------------------------

  function copyTheOldWay(text) {
    const box = document.createElement("textarea");
    box.value = text;
    box.style.cssText = "position:fixed;inset:0 auto auto 0;opacity:0";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }

  async function copy(button) {
    const text = button.dataset.copy;
    let done;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      // No clipboard on a page served without encryption to another machine, or no permission.
      done = copyTheOldWay(text);
      button.focus();
    }
    button.classList.add(done ? "copied" : "not-copied");
    say(done ? "Copied." : "The browser did not allow copying; select the words instead.");
    setTimeout(() => button.classList.remove("copied", "not-copied"), COPIED_FOR_MS);
  }

  // From card to essay -------------------------------------------------------------------------

  function clearReading() {
    for (const mark of document.querySelectorAll("#pane mark.reading")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    for (const part of document.querySelectorAll("#pane .current")) part.classList.remove("current");
  }

  function markSpan(part, start, end) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    const pieces = [];
    for (let offset = 0, node; (node = walker.nextNode()); offset += node.length) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, node.length);
      if (from < to) pieces.push([node, from, to]);
    }
    return pieces.map(([node, from, to]) => {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      const mark = document.createElement("mark");
      mark.className = "reading";
      range.surroundContents(mark);
      return mark;
    });
  }

  function show(part, spans) {
    clearReading();
    part.classList.add("current");
    const marks = spans.flatMap(([start, end]) => markSpan(part, start, end));
    const target = part.offsetHeight > window.innerHeight / 2 && marks.length ? marks[0] : part;
    target.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    part.focus({ preventScroll: true });
    backButton().hidden = origin === null;
  }

  function open(passage, essay, spans) {
    const part = find(reader(), "data-passage", passage);
    if (part) {
      wanted = null;
      show(part, spans);
      return;
    }
    wanted = { passage, spans };
    const conversation = document.querySelector("#conversation");
    for (const holder of [conversation, ...conversation.querySelectorAll("div")]) {
      holder.dispatchEvent(new CustomEvent("open-essay", { detail: { essay } }));
    }
  }

  function openCard(card) {
    origin = card;
    const spans = (card.dataset.spans || "").split(" ").filter(Boolean);
    open(card.dataset.passage, card.dataset.essay, spans.map((span) => span.split("-").map(Number)));
  }

  // What a click means -------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const copier = target.closest("button[data-copy]");
    if (copier) return void copy(copier);
    const summary = target.closest(".why > summary");
    if (summary) return void unfolded.set(summary.parentElement, !summary.parentElement.open);
    const note = target.closest("button[data-note]");
    if (note) {
      const home = note.closest(".card");
      origin = home || origin;
      return void open(note.dataset.note, home ? home.dataset.essay : "", []);
    }
    if (target.closest("#back-to-card")) return void goBack();
    const card = target.closest(".card");
    if (!card) return;
    if (target.closest(".read-here")) return void openCard(card);
    // A click anywhere else on the card opens it too, unless the reader is selecting words.
    if (target.closest("button, label, input, a, details")) return;
    if (String(window.getSelection())) return;
    openCard(card);
  });

  // What arrives later -------------------------------------------------------------------------

  let seen = ""; // how many turns there are, and whether the last one waits
  let reading = false; // whether its passages are there and their verdict is not

  // Drawing the conversation again takes away that a part of it was open.
  function keepUnfolded(conversation) {
    for (const part of conversation.querySelectorAll(".why")) {
      if (unfolded.has(part) && part.open !== unfolded.get(part)) part.open = unfolded.get(part);
    }
  }

  function answersArrived(conversation) {
    keepUnfolded(conversation);
    const turns = conversation.querySelectorAll(".turn");
    const last = turns[turns.length - 1];
    const pending = Boolean(last?.classList.contains("pending"));
    const now = `${turns.length} ${pending}`;
    const read = reading;
    reading = Boolean(last?.querySelector(".answer.reading"));
    if (now === seen && read === reading) return;
    const verdict = last?.querySelector(".verdict, .fault, .advice")?.textContent || "";
    // The verdict on passages that are there already moves nothing.
    if (now === seen) return void say(verdict);
    seen = now;
    if (!last) return;
    last.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
    if (pending) return;
    const cards = last.querySelectorAll(".card").length;
    say(`${verdict} ${cards ? `Passages shown: ${cards}.` : ""}`);
  }

  function paneArrived() {
    if (wanted && find(reader(), "data-passage", wanted.passage)) open(wanted.passage, "", wanted.spans);
  }

  function watch() {
    const conversation = document.querySelector("#conversation");
    const pane = document.querySelector("#pane");
    if (!conversation || !pane) return void setTimeout(watch, 100);
    new MutationObserver(() => answersArrived(conversation)).observe(conversation, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "open"] });
    new MutationObserver(paneArrived).observe(pane, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-passage"] });
  }
  watch();
})();
