/* The conversation. The server sends each answer once and keeps none; this script draws the questions with their
   answers and keeps them in this tab. It also asks a question again in other words, and by a link. */
((desk) => {
  "use strict";

  const MOST_CHARACTERS = 4_000_000; // of all answers; browsers store about five million, and the draft needs some
  const MOST_EARLIER = 20; // questions sent with a new one
  const LONGEST_EARLIER = 2000; // characters of each
  let turns = []; // { id, question, essays, html, done, stored }, oldest first
  let newest = ""; // the turn that was sent last
  let waiting = []; // { turn, send }: those that are sent when the one before is answered, oldest first
  let editing = ""; // the turn whose question is in the box
  let isAlone = false; // whether the next question is asked without those before it
  let laidAside = ""; // what was in the box before

  const list = () => document.querySelector("#turns .turns");
  const box = () => document.querySelector("#question textarea");
  const turnOf = (id) => turns.find((turn) => turn.id === id);
  const drawn = (id) => [...(list()?.children || [])].find((part) => part.dataset.turn === id);
  const ofPart = (part) => turnOf(part.closest(".turn")?.dataset.turn);
  const copyOf = (template) => document.querySelector(`#turns ${template}`).content.cloneNode(true);

  // The turn whose passages are marked in the essay, unless a card of another was opened.
  desk.newestTurn = () => drawn(newest) || list()?.lastElementChild || null;

  // Drawing --------------------------------------------------------------------------------------

  const nameOf = (turn) => (turn.question.trim() ? `the question “${turn.question.trim()}”` : "this message");
  const editLabel = (turn) => `Edit ${nameOf(turn)} and ask again`;

  function newPart(turn) {
    const part = copyOf(".new-turn").firstElementChild;
    part.dataset.turn = turn.id;
    const asked = part.querySelector(".asked");
    part.querySelector(".edit").setAttribute("aria-label", editLabel(turn));
    part.querySelector(".link-question").setAttribute("aria-label", `Copy a link to ${nameOf(turn)}`);
    part.querySelector(".forget").setAttribute("aria-label", `Delete ${nameOf(turn)}`);
    if (turn.question.trim()) asked.textContent = turn.question;
    else for (const each of part.querySelectorAll(".asked, .edit, .link-question")) each.remove();
    return part;
  }

  function contentOf(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  // Only what is new is drawn: the passages stay where they are, with what the reader opened, when the verdict comes.
  function drawAnswer(turn, html) {
    const part = drawn(turn.id);
    const [before, now] = [contentOf(turn.html).firstElementChild, contentOf(html)];
    const answer = now.firstElementChild;
    const shown = part.querySelector(":scope > .answer");
    const alike = shown && answer?.matches(".answer") && before?.children.length === answer.children.length;
    part.classList.remove("pending");
    if (!alike || shown.children.length !== answer.children.length) {
      while (part.children.length > 1) part.lastElementChild.remove();
      return void part.append(now);
    }
    const changed = [...answer.children].map((child, place) => (child.isEqualNode(before.children[place]) ? null : child));
    for (const [place, child] of changed.entries()) if (child) shown.children[place].replaceWith(child);
    for (const { name, value } of answer.attributes) shown.setAttribute(name, value);
  }

  function drawAll() {
    list().replaceChildren(...turns.map(newPart));
    for (const turn of turns) {
      const part = drawn(turn.id);
      part.classList.remove("pending");
      part.querySelector(".wait").replaceWith(turn.html ? contentOf(turn.html) : copyOf(".no-answer"));
    }
  }

  // Asking ---------------------------------------------------------------------------------------

  const isAnswered = (turn) => turn.done && turn.question.trim();

  const isUnderWay = () => Boolean(newest && turnOf(newest) && !turnOf(newest).done);

  // The turn of a question; an edited question takes the place of the old one.
  function newTurn(question) {
    const turn = { id: desk.newId(), question, essays: desk.chosenEssays(), filters: desk.filters(), html: "", done: false };
    const old = turnOf(editing);
    turns.splice(old ? turns.indexOf(old) : turns.length, old ? 1 : 0, turn);
    if (old) {
      drawn(old.id).replaceWith(newPart(turn));
      drop(old);
    } else list().append(newPart(turn));
    editing = "";
    return turn;
  }

  // What is sent with a question; it is sent when those before it are answered, and never if it is deleted meanwhile.
  desk.asking = async (inBox, _sent, style) => {
    const question = desk.handedQuestion() ?? inBox;
    const alone = isAlone;
    isAlone = false;
    const turn = newTurn(question);
    if (isUnderWay() || waiting.length) {
      drawn(turn.id).classList.add("waiting");
      desk.say("This question is asked when the one before it is answered.");
      desk.keep();
      await new Promise((send) => waiting.push({ turn, send }));
      drawn(turn.id).classList.remove("waiting");
    }
    newest = turn.id;
    keepList();
    const earlier = alone ? [] : turns.slice(0, turns.indexOf(turn)).filter(isAnswered).slice(-MOST_EARLIER);
    const history = earlier.map((each) => each.question.slice(0, LONGEST_EARLIER));
    return [question, JSON.stringify({ turn: turn.id, history, essays: turn.essays, filters: turn.filters }), style];
  };

  function sendNext() {
    waiting = waiting.filter(({ turn }) => turns.includes(turn));
    if (!isUnderWay()) waiting.shift()?.send();
  }

  // The questions that the server has not yet begun to answer, oldest first.
  desk.unanswered = () => [...turns.filter((turn) => !turn.html && !turn.done).map((turn) => turn.question), ...desk.handed()];

  desk.isAnswering = () => turns.some((turn) => !turn.done);

  // What the server has sent, as lines of JSON: passages, and later what has changed.
  desk.answerArrived = (sent) => {
    const lines = (sent || "").split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const turn = lines[0] && turnOf(lines[0].turn || newest);
    if (!turn || turn.done) return;
    let first = "";
    let html = "";
    for (const { change: [start, end, words] } of lines) {
      html = first.slice(0, start) + words + first.slice(end);
      first ||= html;
    }
    drawAnswer(turn, html);
    turn.html = html;
    turn.done = lines.at(-1).done;
    if (!turn.done) return;
    store(turn);
    sendNext();
  };

  // Keeping --------------------------------------------------------------------------------------

  // The questions that have an answer are in what session.js stores, as is the one that waits for it; each answer has a place of its own and is written once.
  function keepList() {
    desk.keepTurns(turns.filter(isAnswered).map(({ id, question, essays }) => ({ id, question, essays })));
  }

  function drop(turn) {
    turn.stored = false;
    desk.dropAnswer(turn.id);
  }

  // The newest answers are kept; if there is no room, the oldest go, and the page says so.
  function store(turn) {
    if (!turn.question.trim()) return;
    const kept = turns.filter((each) => each.stored);
    const size = () => kept.reduce((sum, each) => sum + each.html.length, turn.html.length);
    while (kept.length && size() > MOST_CHARACTERS) drop(kept.shift());
    turn.stored = desk.keepAnswer(turn.id, turn.html);
    while (!turn.stored && kept.length) {
      drop(kept.shift());
      turn.stored = desk.keepAnswer(turn.id, turn.html);
    }
    keepList();
    sayWhatIsKept();
  }

  function sayWhatIsKept() {
    const lost = turns.filter((turn) => turn.done && turn.html && !turn.stored).length;
    const note = document.querySelector("#turns .not-kept-note");
    note.hidden = !lost;
    const which = lost === 1 ? "The first answer is" : `The first ${lost} answers are`;
    const where = lost === turns.length ? "This conversation is" : which;
    note.textContent = lost
      ? `${where} on this page only: the browser has no room to keep more. Save the conversation before you close or reload the page.`
      : "";
  }

  // The conversation as it was before the page was loaded again.
  desk.restoreTurns = (asked) => {
    if (!list() || turns.length) return;
    const isTurn = (each) => each && typeof each.id === "string" && typeof each.question === "string";
    turns = (Array.isArray(asked) ? asked : []).filter(isTurn).map(({ id, question, essays }) => {
      const html = desk.keptAnswer(id);
      return { id, question, essays: Array.isArray(essays) ? essays : [], html, done: true, stored: Boolean(html) };
    });
    drawAll();
  };

  // Editing, deleting, starting anew ---------------------------------------------------------------

  function showEditing() {
    for (const part of list().children) {
      const now = part.dataset.turn === editing;
      part.classList.toggle("editing", now);
      const button = part.querySelector(".edit");
      if (!button) continue;
      button.textContent = now ? "Leave as it was" : "Edit";
      button.setAttribute("aria-label", now ? `Leave ${nameOf(turnOf(part.dataset.turn))} as it was` : editLabel(turnOf(part.dataset.turn)));
    }
  }

  function edit(turn) {
    if (!editing) laidAside = box().value;
    editing = turn.id;
    desk.writeInBox(turn.question);
    showEditing();
    box().focus();
    box().setSelectionRange(turn.question.length, turn.question.length);
    desk.say("Change the question and ask it; its answer takes the place of this one. Escape leaves it as it was.", true);
  }

  desk.stopEditing = () => {
    if (!editing) return false;
    const part = drawn(editing);
    editing = "";
    desk.writeInBox(laidAside);
    showEditing();
    part?.querySelector(".edit").focus();
    return true;
  };

  function again(turn) {
    desk.stopEditing();
    editing = turn.id;
    desk.askNow(turn.question);
  }

  function forget(turn) {
    const place = turns.indexOf(turn);
    if (editing === turn.id) desk.stopEditing();
    turns.splice(place, 1);
    drawn(turn.id).remove();
    drop(turn);
    sendNext();
    keepList();
    sayWhatIsKept();
    const next = list().children[place] || list().children[place - 1];
    (next?.querySelector(".forget") || box()).focus();
    desk.say("Question deleted.");
  }

  desk.startAnew = () => {
    for (const turn of turns) drop(turn);
    turns = [];
    sendNext();
    editing = "";
    list().replaceChildren();
    keepList();
    sayWhatIsKept();
    box().focus();
    desk.say("A new conversation.");
    return [];
  };

  // Links to a question: #q=Who+lit+the+lamp%3F&in=log ---------------------------------------------

  // A follow-up means what it was read as, also to whoever has only the link.
  const linkedAs = (turn) => drawn(turn.id)?.querySelector(".read-as-text")?.textContent.trim() || turn.question.trim();

  function linkTo(turn) {
    const values = new URLSearchParams({ q: linkedAs(turn) });
    if (turn.essays.length) values.set("in", turn.essays.join(" "));
    return `${location.href.split("#")[0]}#${values}`;
  }

  // The question of the address is shown if this tab has asked it, else it is asked.
  desk.followQuestion = () => {
    const values = new URLSearchParams(location.hash.slice(1));
    const question = (values.get("q") || "").trim();
    if (!question) return false;
    const asked = turns.findLast((turn) => [turn.question.trim(), linkedAs(turn)].includes(question) && turn.html);
    if (asked) {
      drawn(asked.id).scrollIntoView({ behavior: desk.smooth(), block: "start" });
      drawn(asked.id).querySelector(".asked").focus({ preventScroll: true });
      return true;
    }
    if (values.get("in")) desk.chooseEssays(values.get("in").split(" "));
    desk.askNow(question);
    return true;
  };
  window.addEventListener("hashchange", desk.followQuestion);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#turns .turn button:is(.edit, .link-question, .forget, .again, .alone)");
    const turn = button && ofPart(button);
    if (!turn) return;
    if (button.matches(".edit")) return void (editing === turn.id ? desk.stopEditing() : edit(turn));
    if (button.matches(".link-question")) return void desk.copyPlain(linkTo(turn), button, "Link copied.");
    isAlone = button.matches(".alone");
    if (button.matches(".again, .alone")) return void again(turn);
    forget(turn);
  });
})(window.desk);
