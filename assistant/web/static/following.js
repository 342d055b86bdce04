/* The essay follows the answer: its first passage is shown there, marked, unless the reader is reading just now. */
((desk) => {
  "use strict";

  const MOMENTS_MS = 6000;
  let moved = -Infinity; // when the reader last moved the essay
  let waiting = null; // a card that is to be shown as soon as its essay, or the column, is there

  const now = () => performance.now();

  function offerButton() {
    let button = document.getElementById("show-in-essay");
    if (!button) {
      button = document.createElement("button");
      button.id = "show-in-essay";
      button.type = "button";
      button.hidden = true;
      button.textContent = "Show in the essay";
      document.querySelector("#pages").append(button);
    }
    return button;
  }

  desk.withdrawOffer = () => {
    waiting = null;
    if (document.querySelector("#pages")) offerButton().hidden = true;
  };

  // Scroll to the card's words, without taking the focus from where the reader writes.
  function show(card) {
    const part = desk.passage(card.dataset.passage);
    if (!part) return;
    for (const other of document.querySelectorAll("#pane .current")) other.classList.remove("current");
    part.classList.add("current");
    if (desk.isPrinted()) return void desk.showPrinted(part, false);
    if (!desk.revealHit(card.dataset.passage)) part.scrollIntoView({ behavior: desk.smooth(), block: "center" });
  }

  // A question has been answered; its first passage is the one to see.
  desk.follow = (card) => {
    desk.withdrawOffer();
    if (!card) return;
    const other = desk.reader()?.dataset.essay !== card.dataset.essay;
    if (now() - moved < MOMENTS_MS) {
      waiting = card;
      offerButton().hidden = false;
      return;
    }
    if (!other && document.querySelector("#pane").offsetParent) return void show(card);
    waiting = card;
    offerButton().hidden = true;
    if (other) desk.openEssay(card.dataset.essay);
  };

  // The essay has been drawn, or its column is shown on a narrow screen.
  desk.followOn = () => {
    const card = waiting;
    if (!card || !offerButton().hidden || !document.querySelector("#pane").offsetParent) return;
    if (!card.isConnected || desk.reader()?.dataset.essay !== card.dataset.essay) return;
    waiting = null;
    show(card);
  };

  for (const name of ["wheel", "touchmove", "pointerdown"]) {
    const note = (event) => event.target.closest?.("#pane, #ruler, #outline, #find") && (moved = now());
    document.addEventListener(name, note, { capture: true, passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("#pane, #outline, #find")) moved = now();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#show-in-essay")) return;
    const card = waiting;
    desk.withdrawOffer();
    moved = -Infinity;
    if (card?.isConnected) desk.openCard(card);
  });
})(window.desk);
