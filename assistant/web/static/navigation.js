/* The way from a card, a note number or a link to its place in the essay, and back. */
((desk) => {
  "use strict";

  const MOST_FRAMES = 60; // to wait for a part of the page to be shown
  let wanted = null; // a passage whose essay is being loaded into the reading pane
  let origin = null; // where the reader came from

  function backButton() {
    let back = document.getElementById("back");
    if (!back) {
      back = document.createElement("button");
      back.id = "back";
      back.type = "button";
      back.hidden = true;
      document.body.append(back);
    }
    return back;
  }

  const partOf = (target) => target.closest("#check, #notebook")?.id || "asking";

  function offerBack() {
    const back = backButton();
    const toCard = Boolean(origin?.matches(".card"));
    const names = { check: "Back to the check", notebook: "Back to the notebook", asking: "Back to the text" };
    back.hidden = origin === null;
    back.textContent = toCard ? "Back to the answer" : names[origin ? partOf(origin) : "asking"];
    // With the essay at its side the answer is in sight; with the essay below it, it is not.
    back.classList.toggle("to-card", toCard);
  }

  function goBack() {
    const target = origin;
    origin = null;
    backButton().hidden = true;
    if (target?.isConnected) inPart(partOf(target), () => returnTo(target));
  }

  function returnTo(target) {
    const card = target.matches(".card");
    if (target.closest("#conversation")) desk.showView("answer");
    target.scrollIntoView({ behavior: desk.smooth(), block: card ? "start" : "center" });
    (card ? target.querySelector(".read-here") : target).focus({ preventScroll: true });
  }

  function show(part) {
    for (const other of document.querySelectorAll("#pane .current")) other.classList.remove("current");
    part.classList.add("current");
    offerBack();
    if (desk.isPrinted()) return void desk.showPrinted(part);
    part.focus({ preventScroll: true });
    // Of a long passage, show the words that were found rather than its middle.
    if (part.offsetHeight < window.innerHeight / 2 || !desk.revealHit(part.dataset.passage)) {
      part.scrollIntoView({ behavior: desk.smooth(), block: "center" });
    }
  }

  desk.openEssay = (essay) => {
    const conversation = desk.conversation();
    for (const holder of [conversation, ...conversation.querySelectorAll("div")]) {
      holder.dispatchEvent(new CustomEvent("open-essay", { detail: { essay } }));
    }
  };

  // Show the whole essay, from any part of the page.
  desk.openWhole = (essay) =>
    inPart("asking", () => {
      if (desk.reader()?.dataset.essay !== essay) desk.openEssay(essay);
      desk.showView("essay");
    });

  // Do something in a part of the page once that part is shown.
  function inPart(name, act) {
    const shown = () => document.getElementById(name)?.offsetParent;
    const wait = (frames) => (shown() || !frames ? act() : requestAnimationFrame(() => wait(frames - 1)));
    if (!shown()) document.getElementById(`${name}-button`)?.click();
    wait(MOST_FRAMES);
  }

  desk.open = (passage) => inPart("asking", () => openHere(passage));

  function openHere(passage) {
    desk.showView("essay");
    const essay = passage.split("/")[0];
    const part = desk.passage(passage);
    wanted = part ? null : passage;
    if (part) show(part);
    else if (desk.reader()?.dataset.essay === essay) missing(passage);
    else desk.openEssay(essay);
  }

  desk.openCard = (card) => {
    desk.withdrawOffer();
    const opener = card.querySelector(".opener input");
    if (opener) opener.checked = true;
    origin = card;
    desk.hitsOf(card);
    desk.open(card.dataset.passage);
  };

  // Show the card's words on the page as it is printed.
  desk.openPage = (card) => {
    document.querySelector("#pane").dataset.shown = "print";
    desk.showAs("print");
    desk.openCard(card);
  };

  function missing(passage) {
    wanted = null;
    desk.say(`The essay has no passage “${passage}”.`, true);
  }

  // The essay that was asked for has been loaded.
  desk.paneArrived = () => {
    if (wanted === null || desk.reader()?.dataset.essay !== wanted.split("/")[0]) return;
    desk.open(wanted);
  };

  // Links to a passage: #gill-2014/p09 -----------------------------------------------------------

  desk.linked = () => {
    if (location.hash.startsWith("#q=")) return ""; // a link to a question
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };

  desk.followLink = () => {
    const passage = desk.linked();
    if (!passage.includes("/")) return false;
    origin = null;
    desk.open(passage);
    return true;
  };
  window.addEventListener("hashchange", desk.followLink);

  function copyLink(anchor) {
    desk.copyPlain(anchor.href, anchor, "Link copied.");
    // If it is pressed again, the browser sees no change of address.
    if (anchor.hash === location.hash) desk.followLink();
  }

  // What a click means ---------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const anchor = target.closest(".anchor");
    if (anchor) return void copyLink(anchor);
    const note = target.closest("button[data-note]");
    if (note) {
      origin = note.closest(".card") || note;
      return void desk.open(note.dataset.note);
    }
    if (target.closest("#back")) return void goBack();
    const card = target.closest(".card");
    if (!card) return;
    desk.choose(card);
    if (target.closest(".gap")) return void card.querySelector(".unfold input").click();
    if (target.closest(".read-here")) return void desk.openCard(card);
    if (target.closest(".see-page")) return void desk.openPage(card);
    // A click anywhere else on the card also opens it, unless the reader is selecting words.
    if (target.closest("button, label, input, a, details")) return;
    if (String(window.getSelection())) return;
    desk.openCard(card);
  });
})(window.desk);
