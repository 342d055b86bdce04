/* What outlasts a reload and a restart of the server, in this tab alone: the conversation, which essays
   are asked, how is cited, which essay is read and where, and a question not yet asked. */
((desk) => {
  "use strict";

  const KEPT = "essay-assistant";
  const MOST_CHARACTERS = 2_000_000; // browsers keep some five million
  const REST_MS = 300;
  let kept = desk.keptInTab(KEPT);
  let begun = false; // whether the page was told what was kept; before, there is nothing to keep
  let returned = false; // to where the reader was
  let waiting = 0;

  // Turns that have their answer, as the server drew them; the oldest are dropped where they grow too many.
  function turns() {
    const made = [...document.querySelectorAll("#conversation .turn:not(.pending)")]
      .filter((turn) => turn.querySelector(".answer:not(.reading), .fault"))
      .map((turn) => {
        const asked = turn.querySelector(".asked");
        const came = turn.cloneNode(true);
        came.querySelector(".turn-head")?.remove();
        for (const part of came.querySelectorAll(".copied, .not-copied")) part.classList.remove("copied", "not-copied");
        return { question: asked?.textContent || "", html: came.innerHTML };
      });
    const size = () => made.reduce((sum, turn) => sum + turn.html.length, 0);
    while (size() > MOST_CHARACTERS) made.shift();
    return made;
  }

  // The passage that is read, and how far into it, in pixels.
  function placeInEssay() {
    const top = desk.topOf(desk.scroller());
    const part = desk.passages().find((each) => each.getBoundingClientRect().bottom > top);
    return part ? { passage: part.dataset.passage, into: top - part.getBoundingClientRect().top } : null;
  }

  function write() {
    const waits = document.querySelector(".turn.pending .asked")?.textContent;
    kept = {
      turns: kept.turns,
      scope: kept.scope,
      style: kept.style,
      reading: desk.reader()?.dataset.essay || kept.reading,
      place: placeInEssay(),
      draft: document.querySelector("#question textarea")?.value || waits || "",
    };
    desk.keepInTab(KEPT, kept);
  }

  desk.keep = () => {
    if (!begun) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, REST_MS);
  };

  desk.keepTurns = () => {
    if (begun) kept.turns = turns();
    desk.keep();
  };

  desk.keepScope = (scope) => {
    kept.scope = scope;
    desk.keep();
  };

  desk.keptScope = () => kept.scope;

  desk.keepStyle = (style) => {
    kept.style = style;
    desk.citeIn(style);
    desk.citePinsIn(style);
    desk.keep();
  };

  // For the server, which draws it again; a link to a passage decides which essay is read.
  desk.kept = () => {
    begun = true;
    const linked = desk.linked();
    const reading = linked.includes("/") ? linked.split("/")[0] : kept.reading;
    return JSON.stringify({ turns: kept.turns, style: kept.style, reading, draft: kept.draft });
  };

  desk.returnToPlace = () => {
    if (!begun || returned) return;
    returned = true;
    if (desk.followLink() || !kept.place) return;
    const part = desk.passage(kept.place.passage);
    const scroller = desk.scroller();
    // Where the essay stands below the conversation, it is the browser that returns to its place.
    if (!part || scroller === document.scrollingElement) return;
    scroller.scrollBy({ top: part.getBoundingClientRect().top - desk.topOf(scroller) + kept.place.into });
  };

  window.addEventListener("pagehide", () => begun && write());
  document.addEventListener("input", (event) => event.target.closest?.("#question") && desk.keep());
  document.addEventListener("scrollend", desk.keep, true);
})(window.desk);
