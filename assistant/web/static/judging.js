/* A question set of the reader's own: which passages answer a question, judged on the cards of its answer or in the
   essay. It is kept in this browser's own storage, for all its tabs. */
((desk) => {
  "use strict";

  const KEY = "essay-assistant-questions";
  const MOST_FRAMES = 120; // to wait for the part that asks to be shown
  const MOST = 1000; // the most that the server takes
  let judging = false; // whether the cards ask
  let marking = ""; // the question for which a passage of the essay is to be marked
  let server = null;

  function stored() {
    try {
      const questions = JSON.parse(localStorage.getItem(KEY))?.questions;
      return (Array.isArray(questions) ? questions : []).filter((each) => each && typeof each.question === "string" && each.judged);
    } catch {
      return [];
    }
  }

  function write(questions) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ questions }));
      return true;
    } catch {
      desk.say("The browser stores no more questions: save them as a question set, then remove some.", true);
      return false;
    }
  }

  const known = (question) => stored().find((each) => each.question === question);
  const answering = (each) => Object.values(each.judged).filter(Boolean).length;
  const isFinished = (each) => each.none || answering(each) > 0;

  // Change what is known of a question; without any judgement it is no longer in the set.
  function change(question, act) {
    const questions = stored();
    const now = questions.find((each) => each.question === question) || { question, judged: {}, none: false };
    if (!questions.includes(now)) questions.push(now);
    if (questions.length > MOST) return void desk.say(`A question set has room for ${MOST} questions.`, true);
    act(now);
    const kept = questions.filter((each) => each.none || Object.keys(each.judged).length);
    if (!write(kept)) return;
    draw();
    const finished = kept.filter(isFinished).length;
    desk.say(`${finished === 1 ? "1 question" : `${finished} questions`} judged.`);
  }

  // The cards --------------------------------------------------------------------------------------

  const questionOf = (part) => part.closest(".turn")?.querySelector(".asked")?.textContent.trim() || "";

  function button(name, label, pressed) {
    const part = document.createElement("button");
    part.type = "button";
    part.className = name;
    part.textContent = label;
    if (pressed !== undefined) part.setAttribute("aria-pressed", String(pressed));
    return part;
  }

  function group(name, label, ...buttons) {
    const part = document.createElement("div");
    part.className = name;
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", label);
    part.append(...buttons);
    return part;
  }

  function asked(card) {
    const name = card.getAttribute("aria-label") || "this passage";
    return group("judged-card", `Does ${name} answer the question?`, button("answers", "This answers it", false), button("answers-not", "This does not", false));
  }

  function askedOfAll() {
    return group(
      "judged-turn", "What answers the question?",
      button("mark-in-essay", "Another passage answers it…", false), button("none-answers", "No passage answers it", false),
      button("to-questions", "Your questions"),
    );
  }

  function fill(turn) {
    const now = known(questionOf(turn));
    for (const card of turn.querySelectorAll(".card")) {
      const judged = now?.judged[card.dataset.passage];
      card.querySelector(".answers").setAttribute("aria-pressed", String(judged === true));
      card.querySelector(".answers-not").setAttribute("aria-pressed", String(judged === false));
    }
    turn.querySelector(".none-answers").setAttribute("aria-pressed", String(Boolean(now?.none)));
    turn.querySelector(".mark-in-essay").setAttribute("aria-pressed", String(marking === questionOf(turn)));
  }

  desk.drawJudging = () => {
    document.body.classList.toggle("judging", judging);
    for (const part of document.querySelectorAll(".turn .judge")) part.setAttribute("aria-pressed", String(judging));
    for (const turn of document.querySelectorAll("#conversation .turn:not(.pending)")) {
      const answer = turn.querySelector(".answer");
      if (!questionOf(turn) || !answer) continue;
      if (!judging) {
        for (const part of turn.querySelectorAll(".judged-card, .judged-turn")) part.remove();
        continue;
      }
      for (const card of turn.querySelectorAll(".card:not(:has(.judged-card))")) card.append(asked(card));
      if (!turn.querySelector(".judged-turn")) answer.after(askedOfAll());
      fill(turn);
    }
  };

  function judge(part, answers) {
    const passage = part.closest(".card").dataset.passage;
    change(questionOf(part), (now) => {
      if (now.judged[passage] === answers) delete now.judged[passage];
      else now.judged[passage] = answers;
      if (answers && now.judged[passage]) now.none = false;
    });
  }

  function noneAnswers(part) {
    change(questionOf(part), (now) => {
      now.none = !now.none;
      if (now.none) for (const [passage, answers] of Object.entries(now.judged)) if (answers) delete now.judged[passage];
    });
  }

  // A passage of the essay that is not among the cards.
  function startMarking(question) {
    marking = marking === question ? "" : question;
    document.body.classList.toggle("marking-passage", Boolean(marking));
    desk.drawJudging();
    if (!marking) return;
    desk.showView("essay");
    desk.say("Click the passage of the essay that answers the question, or press Enter on it. Escape ends this.", true);
  }

  function mark(event) {
    const part = marking && event.target.closest?.("#pane [data-passage]");
    if (!part) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const question = marking;
    startMarking(question);
    change(question, (now) => {
      now.judged[part.dataset.passage] = true;
      now.none = false;
    });
    desk.showView("answer");
    desk.say(`Marked as an answer: ${[...part.textContent].slice(0, 60).join("")}…`, true);
  }

  document.addEventListener("click", mark, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") mark(event);
    if (event.key === "Escape" && marking) startMarking(marking);
  }, true);

  // The list ---------------------------------------------------------------------------------------

  function standing(each) {
    const [yes, no] = [answering(each), Object.keys(each.judged).length - answering(each)];
    if (each.none) return "No passage answers it";
    if (!yes) return "Not finished: say which passage answers it";
    const others = no ? `, ${no === 1 ? "1 does" : `${no} do`} not` : "";
    return `${yes === 1 ? "1 passage answers" : `${yes} passages answer`} it${others}`;
  }

  function item(each) {
    const line = document.createElement("li");
    line.dataset.question = each.question;
    const [words, state, remove] = [document.createElement("span"), document.createElement("span"), button("remove-question", "Remove")];
    words.className = "judged-question";
    words.textContent = each.question;
    state.className = isFinished(each) ? "judged-state" : "judged-state unfinished";
    state.textContent = standing(each);
    remove.setAttribute("aria-label", `Remove: ${each.question}`);
    line.append(words, state, remove);
    return line;
  }

  function draw() {
    desk.drawJudging();
    const list = document.getElementById("judged");
    if (!list) return;
    const questions = stored();
    list.replaceChildren(...questions.map(item));
    list.closest(".own-questions").classList.toggle("none", !questions.length);
    document.getElementById("own-count").textContent = questions.length ? `(${questions.length})` : "";
  }

  function remove(part) {
    const line = part.closest("li");
    const place = [...line.parentElement.children].indexOf(line);
    if (!write(stored().filter((each) => each.question !== line.dataset.question))) return;
    draw();
    const lines = document.querySelectorAll("#judged li");
    ((lines[place] || lines[place - 1])?.querySelector("button") || document.getElementById("own-title")).focus();
    desk.say("Question removed from the set.");
  }

  desk.serveQuestions = (save) => {
    server = save;
    draw();
  };

  async function save() {
    const file = await server?.(JSON.stringify(stored())).catch(() => null);
    if (!file) return void desk.say("Nothing was saved: the server does not answer.", true);
    if (file.fault) return void desk.say(file.fault, true);
    desk.download(file);
    desk.say(`Saved as ${file.name}.`, true);
  }

  // What is sent with a run.
  desk.measuring = (sets, files, methods) => {
    const used = document.getElementById("use-own")?.checked;
    return [sets, files, methods, used ? JSON.stringify(stored()) : ""];
  };

  function toAsk() {
    judging = true;
    document.getElementById("asking-button")?.click();
    desk.drawJudging();
    desk.say("Ask a question; then say of each passage whether it answers it.", true);
    const wait = (frames) => {
      const box = document.querySelector("#question textarea");
      if (box?.offsetParent) box.focus();
      else if (frames) requestAnimationFrame(() => wait(frames - 1));
    };
    wait(MOST_FRAMES);
  }

  document.addEventListener("click", (event) => {
    const part = event.target.closest?.("button");
    if (!part) return;
    if (part.matches(".turn .judge")) {
      judging = !judging;
      marking = "";
      document.body.classList.remove("marking-passage");
      desk.drawJudging();
      desk.say(judging ? "Say of each passage whether it answers the question." : "Passages are no longer judged.");
    } else if (part.matches(".judged-card .answers")) judge(part, true);
    else if (part.matches(".judged-card .answers-not")) judge(part, false);
    else if (part.matches(".judged-turn .none-answers")) noneAnswers(part);
    else if (part.matches(".judged-turn .mark-in-essay")) startMarking(questionOf(part));
    else if (part.matches(".judged-turn .to-questions")) document.getElementById("measure-button")?.click();
    else if (part.matches("#judged .remove-question")) remove(part);
    else if (part.matches("#start-judging")) toAsk();
    else if (part.matches("#save-questions")) void save();
  });
  window.addEventListener("storage", (event) => (event.key === KEY || event.key === null) && draw());
})(window.desk);
