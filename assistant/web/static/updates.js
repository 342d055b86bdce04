/* What the server draws after the page is loaded: answers in the conversation, essays in the reading pane. */
((desk) => {
  "use strict";

  let turnsSeen = 0;
  let seen = ""; // how many turns there are, and whether the last one is pending
  let reading = false; // whether its passages are shown and their verdict is not known yet
  let essay = ""; // the essay in the reading pane

  function answersArrived(conversation) {
    const turns = conversation.querySelectorAll(".turn");
    const last = desk.newestTurn();
    const pending = Boolean(last?.classList.contains("pending"));
    const now = `${last?.dataset.turn} ${pending}`;
    const wasPending = seen.endsWith("true");
    const fewer = turns.length < turnsSeen;
    turnsSeen = turns.length;
    const read = reading;
    reading = Boolean(last?.querySelector(".answer.reading"));
    if (now === seen && read === reading && !fewer) return;
    desk.cardsArrived();
    desk.hitsOf(null);
    desk.markPinned();
    desk.drawJudging();
    if (fewer) {
      // A question was deleted, or a new conversation started; there is nothing new to look at.
      return void (seen = now);
    }
    const verdict = last?.querySelector(".verdict, .fault, .advice")?.textContent || "";
    // The verdict on passages that are already shown scrolls nothing.
    if (now === seen) return void desk.say(verdict);
    seen = now;
    if (!last) return;
    last.scrollIntoView({ behavior: desk.smooth(), block: "start" });
    if (pending) return;
    if (wasPending) desk.follow(last.querySelector(".card"));
    const cards = last.querySelectorAll(".card").length;
    desk.say(`${verdict} ${cards ? `Passages shown: ${cards}.` : ""}`);
  }

  function paneArrived() {
    const now = desk.reader()?.dataset.essay || "";
    const other = now !== essay;
    essay = now;
    desk.pagesArrived();
    desk.placesArrived();
    desk.textChanged();
    desk.anchorsArrived();
    if (!now) return;
    desk.fetchQuotations();
    if (other) desk.returnToPlace();
    desk.paneArrived();
    desk.followOn();
    desk.keep();
  }

  desk.whenDrawn("#conversation", (conversation) => {
    const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "open"] };
    new MutationObserver(() => answersArrived(conversation)).observe(conversation, watched);
  });
  desk.whenDrawn("#pane", (pane) => {
    const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-passage"] };
    // Marks on the pages and their size change nothing of the essay.
    const isOfText = ({ target }) => !target.closest?.(".print, .reading-as");
    new MutationObserver((changes) => changes.some(isOfText) && paneArrived()).observe(pane, watched);
    paneArrived();
  });
})(window.desk);
