/* A sentence of the essay, clicked or chosen by key, is copied with its citation. */
((desk) => {
  "use strict";

  const DOUBLE_CLICK_MS = 250;
  const REST_MS = 200;
  let ask = null; // asks the server for the quotations of an essay in a style
  let style = ""; // the citation style
  let quotations = {}; // of the essay in the pane: by passage, those of its sentences
  let waiting = 0;
  let clicked = 0;

  desk.quoteWith = (server, selected) => {
    ask = server;
    desk.quoteSelectionWith(selected);
    desk.fetchQuotations();
  };

  async function fetchNow() {
    const essay = desk.reader()?.dataset.essay;
    if (!essay || !ask || !style) return;
    const requested = style;
    const fetched = await ask(essay, requested).catch(() => ({}));
    if (desk.reader()?.dataset.essay === essay && style === requested) quotations = fetched;
  }

  // Fetched when the essay is drawn, because a browser allows copying only immediately after a click.
  desk.fetchQuotations = () => {
    quotations = {};
    clearTimeout(waiting);
    waiting = setTimeout(fetchNow, REST_MS);
  };

  desk.citeIn = (chosen) => {
    style = chosen;
    desk.glanceStyle(chosen);
    desk.fetchQuotations();
  };

  const beginning = (words) => words.replace(/[^\p{L}\p{N}]/gu, "").slice(0, 3);

  function quotationOf(sentence) {
    const part = sentence.closest("[data-passage]");
    const sentences = [...part.querySelectorAll(".s")];
    const all = quotations[part.dataset.passage] || [];
    const quotation = all[sentences.indexOf(sentence)];
    // The essay may have been added again, with other sentences, since it was drawn here.
    const fits = all.length === sentences.length && beginning(quotation.text) === beginning(sentence.textContent);
    return fits ? quotation : null;
  }

  function copy(sentence) {
    const quotation = quotationOf(sentence);
    if (quotation) return void desk.copy(quotation, sentence, `Copied: ${quotation.text}`);
    desk.fetchQuotations();
    desk.say("The citations of this essay are not there yet; try again in a moment.", true);
  }

  document.addEventListener("click", (event) => {
    const sentence = event.target.closest?.("#pane .s");
    if (!sentence || event.target.closest("button, a")) return;
    clearTimeout(clicked);
    // A second click selects a word; a browser without a clipboard copies only during the click.
    if (event.detail > 1 || String(window.getSelection())) return;
    clicked = setTimeout(() => {
      if (String(window.getSelection())) return;
      // The keys continue from here.
      focus(sentence);
      copy(sentence);
    }, navigator.clipboard ? DOUBLE_CLICK_MS : 0);
  });

  function focus(sentence) {
    sentence.tabIndex = -1;
    sentence.focus({ preventScroll: true });
  }

  // By key -----------------------------------------------------------------------------------------

  const focused = () => document.activeElement?.closest?.("#pane .s");

  desk.copySentence = () => {
    const sentence = focused();
    if (sentence) copy(sentence);
    return Boolean(sentence);
  };

  function inSight(sentences) {
    const current = document.querySelector("#pane .current .s");
    if (current) return current;
    const top = desk.topOf(desk.scroller());
    return sentences.find((each) => each.getBoundingClientRect().top >= top);
  }

  desk.stepSentence = (by) => {
    const sentences = [...document.querySelectorAll("#pane .s")];
    const now = sentences.indexOf(focused());
    const next = now < 0 ? inSight(sentences) : sentences[now + by];
    if (!next) return false;
    focus(next);
    next.scrollIntoView({ behavior: desk.smooth(), block: "nearest" });
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("#pane .s")) return;
    event.preventDefault();
    copy(event.target);
  });
})(window.desk);
