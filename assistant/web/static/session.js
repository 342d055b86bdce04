/* What survives a reload and a restart of the server, in this tab only: the conversation, which essays are
   asked, the citation style, the place in the essay, and a question not yet asked. */
((desk) => {
  "use strict";

  const KEY = "essay-assistant";
  const MOST_CHARACTERS = 2_000_000; // browsers store about five million
  const REST_MS = 300;
  let stored = desk.readSession(KEY);
  let restored = false; // whether the page has shown what was stored; until then nothing new is stored
  let returned = false; // whether the reader is back at the stored place
  let waiting = 0;

  // Turns that have their answer, as the server drew them; the oldest are dropped if there are too many.
  function turns() {
    const turns = [...document.querySelectorAll("#conversation .turn:not(.pending)")]
      .filter((turn) => turn.querySelector(".answer:not(.reading), .fault"))
      .map((turn) => {
        const asked = turn.querySelector(".asked");
        const content = turn.cloneNode(true);
        content.querySelector(".turn-head")?.remove();
        for (const part of content.querySelectorAll(".copied, .not-copied")) part.classList.remove("copied", "not-copied");
        return { question: asked?.textContent || "", html: content.innerHTML };
      });
    const size = () => turns.reduce((sum, turn) => sum + turn.html.length, 0);
    while (size() > MOST_CHARACTERS) turns.shift();
    return turns;
  }

  // The passage that is being read, and how far into it, in pixels.
  function placeInEssay() {
    const top = desk.topOf(desk.scroller());
    const part = desk.passages().find((each) => each.getBoundingClientRect().bottom > top);
    return part ? { passage: part.dataset.passage, into: top - part.getBoundingClientRect().top } : null;
  }

  function write() {
    const pending = document.querySelector(".turn.pending .asked")?.textContent;
    stored = {
      turns: stored.turns,
      scope: stored.scope,
      style: stored.style,
      reading: desk.reader()?.dataset.essay || stored.reading,
      place: placeInEssay(),
      draft: document.querySelector("#question textarea")?.value || pending || "",
    };
    desk.writeSession(KEY, stored);
  }

  desk.keep = () => {
    if (!restored) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, REST_MS);
  };

  desk.keepTurns = () => {
    if (restored) stored.turns = turns();
    desk.keep();
  };

  desk.keepScope = (scope) => {
    stored.scope = scope;
    desk.keep();
  };

  desk.storedScope = () => stored.scope;

  desk.keepStyle = (style) => {
    stored.style = style;
    desk.citeIn(style);
    desk.citePinsIn(style);
    desk.keep();
  };

  // For the server, which draws it again; a link to a passage takes precedence for which essay is read.
  desk.kept = () => {
    restored = true;
    const linked = desk.linked();
    const reading = linked.includes("/") ? linked.split("/")[0] : stored.reading;
    return JSON.stringify({ turns: stored.turns, style: stored.style, reading, draft: stored.draft });
  };

  desk.returnToPlace = () => {
    if (!restored || returned) return;
    returned = true;
    if (desk.followLink() || !stored.place) return;
    const part = desk.passage(stored.place.passage);
    const scroller = desk.scroller();
    // Where the essay is below the conversation, the browser itself returns to the place.
    if (!part || scroller === document.scrollingElement) return;
    scroller.scrollBy({ top: part.getBoundingClientRect().top - desk.topOf(scroller) + stored.place.into });
  };

  window.addEventListener("pagehide", () => restored && write());
  document.addEventListener("input", (event) => event.target.closest?.("#question") && desk.keep());
  document.addEventListener("scrollend", desk.keep, true);
})(window.desk);
