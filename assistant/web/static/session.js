/* What survives a reload and a restart of the server, in this tab only: the questions, which essays are asked, the
   citation style, the place in the essay, a question not yet asked, and the answers, as conversation.js has them kept. */
((desk) => {
  "use strict";

  const KEY = "essay-assistant";
  const ANSWER = "essay-assistant-answer-";
  const REST_MS = 300;
  let stored = desk.readSession(KEY);
  let restored = false; // whether the page has shown what was stored; until then nothing new is stored
  let opened = false; // whether the page is as it was left, and ready for a question
  let returned = false; // whether the reader is back at the stored place
  let unanswered = []; // questions that the server did not answer before the page was loaded again
  let waiting = 0;

  // The passage that is being read, and how far into it, in pixels.
  function placeInEssay() {
    const top = desk.topOf(desk.scroller());
    const part = desk.passages().find((each) => each.getBoundingClientRect().bottom > top);
    return part ? { passage: part.dataset.passage, into: top - part.getBoundingClientRect().top } : null;
  }

  function write() {
    const pending = desk.unanswered().filter((question) => question.trim());
    const repeated = pending.filter((question) => stored.repeated?.includes(question));
    stored = {
      turns: stored.turns,
      scope: stored.scope,
      filters: stored.filters,
      style: stored.style,
      reading: desk.reader()?.dataset.essay || stored.reading,
      place: placeInEssay(),
      // What was asked twice without an answer is not asked by itself again.
      draft: document.querySelector("#question textarea")?.value || repeated[0] || "",
      unanswered: pending.filter((question) => !repeated.includes(question)),
      repeated,
    };
    desk.writeSession(KEY, stored);
  }

  desk.keep = () => {
    if (!restored) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, REST_MS);
  };

  // Answers; each is written once, under its turn's name.
  desk.keepAnswer = (turn, html) => {
    try {
      sessionStorage.setItem(ANSWER + turn, html);
      return true;
    } catch {
      return false;
    }
  };

  desk.keptAnswer = (turn) => {
    try {
      return sessionStorage.getItem(ANSWER + turn) || "";
    } catch {
      return "";
    }
  };

  desk.dropAnswer = (turn) => {
    try {
      sessionStorage.removeItem(ANSWER + turn);
    } catch {
      // The browser stores nothing.
    }
  };

  desk.keepTurns = (turns) => {
    stored.turns = turns;
    desk.keep();
  };

  desk.keepScope = (scope) => {
    stored.scope = scope;
    desk.keep();
  };

  desk.storedScope = () => stored.scope;

  desk.keepFilters = (filters) => {
    stored.filters = filters;
    desk.keep();
  };

  desk.storedFilters = () => stored.filters;

  // The server that was asked may be gone, and another there in its place. What it left unanswered is asked once more.
  function askAgain() {
    if (!unanswered.length) return;
    stored.repeated = unanswered;
    for (const question of unanswered) desk.askNow(question);
    desk.say("The answer did not arrive; the question was asked again.", true);
  }

  desk.keepStyle = (style) => {
    stored.style = style;
    desk.citeIn(style);
    desk.citePinsIn(style);
    desk.keep();
    if (!opened && !desk.followQuestion()) askAgain();
    opened = true;
  };

  // For the server; a link to a passage takes precedence for which essay is read.
  desk.kept = () => {
    restored = true;
    unanswered = Array.isArray(stored.unanswered) ? stored.unanswered : [];
    desk.whenDrawn("#turns .turns", () => desk.restoreTurns(stored.turns));
    const linked = desk.linked();
    const reading = linked.includes("/") ? linked.split("/")[0] : stored.reading;
    return JSON.stringify({ style: stored.style, reading, draft: stored.draft });
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
