/* What essays show besides answers: what they announce, their index, related passages, one question to each. */
((desk) => {
  "use strict";

  const SHORT_INDEX = 10; // entries shown before the first question
  const LATER_MS = 1500; // after the page is shown, which it must not delay
  let ask = null; // asks the server
  let style = "mla";
  const indexes = new Map(); // fetched, by essay
  const FAILED = "This could not be shown; try again.";

  const panel = () => document.getElementById("index-panel");
  const opener = () => document.getElementById("index-open");

  desk.glanceWith = (server) => {
    ask = server;
    setTimeout(() => void fillFirst(), LATER_MS);
  };

  desk.glanceStyle = (chosen) => {
    style = chosen || style;
  };

  async function fetched(...sent) {
    const got = await Promise.resolve(ask?.(...sent)).catch(() => null);
    if (got?.html !== undefined) return got.html;
    desk.say(got?.fault || FAILED, true);
    return null;
  }

  function fragment(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  }

  // What the essay announces, below its contents ---------------------------------------------------

  desk.announceIn = async (contents) => {
    const essay = desk.reader()?.dataset.essay;
    if (!essay || !ask) return;
    const html = await fetched("outline", essay, style);
    if (html === null || contents.hidden || desk.reader()?.dataset.essay !== essay) return;
    const list = fragment(html).querySelector(".announced-list");
    const lengths = JSON.parse(list.dataset.lengths);
    for (const link of contents.querySelectorAll("ol:not(.page-list) button")) {
      const length = lengths[link.goal?.dataset.passage];
      if (!length) continue;
      const words = document.createElement("span");
      words.className = "outline-length";
      words.textContent = length;
      link.querySelector(".outline-text").append(" ", words);
    }
    for (const link of list.querySelectorAll("button")) {
      const part = desk.passage(link.dataset.passage);
      link.goal = part?.querySelectorAll(".s")[Number(link.dataset.sentence)] || part;
    }
    contents.querySelector(".announced-list")?.remove();
    if (list.children.length) contents.append(list);
  };

  // The index --------------------------------------------------------------------------------------

  async function indexOf(essay) {
    if (!indexes.has(essay)) {
      const html = await fetched("index", [essay]);
      if (html === null) return null;
      indexes.set(essay, html);
    }
    return fragment(indexes.get(essay));
  }

  // Another version of the library's essays may have other entries.
  desk.forgetIndexes = () => indexes.clear();

  function closeIndex() {
    if (!panel() || panel().hidden) return false;
    panel().hidden = true;
    opener()?.setAttribute("aria-expanded", "false");
    return true;
  }

  desk.openIndex = async () => {
    if (!panel() || !panel().hidden) return closeIndex();
    const essay = desk.reader()?.dataset.essay;
    if (!essay) return false;
    desk.closeContents();
    panel().hidden = false;
    opener().setAttribute("aria-expanded", "true");
    if (panel().dataset.essay === essay && panel().children.length) return void focusIndex();
    panel().textContent = "Making the index…";
    const found = await indexOf(essay);
    if (!found) return closeIndex();
    panel().replaceChildren(found);
    panel().dataset.essay = essay;
    focusIndex();
    return true;
  };

  const focusIndex = () => panel().querySelector(".index-filter")?.focus({ preventScroll: true });

  function showEntry(button) {
    const places = JSON.parse(button.dataset.places);
    for (const other of document.querySelectorAll(".entry[aria-pressed=true]")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    const name = button.querySelector(".entry-heading").textContent;
    desk.showView("essay");
    // Closed, so that the words can be seen; the next key leads to the next place.
    closeIndex();
    const found = desk.showPlaces(name, places);
    document.querySelector("#find button.next")?.focus({ preventScroll: true });
    desk.say(`${name}: ${found} ${found === 1 ? "place" : "places"} marked.`);
  }

  function askAbout(button) {
    const box = document.querySelector("#question textarea");
    closeIndex();
    desk.showView("answer");
    document.getElementById("asking-button")?.click();
    box.value = button.dataset.question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  function filter(box) {
    const sought = box.value.trim().toLowerCase();
    const index = box.closest(".book-index");
    let left = 0;
    for (const section of index.querySelectorAll("section")) {
      let shown = 0;
      for (const item of section.querySelectorAll("li")) {
        item.hidden = !item.dataset.words.includes(sought);
        shown += Number(!item.hidden);
      }
      section.hidden = !shown;
      left += shown;
    }
    index.querySelector(".none-left").hidden = left > 0;
  }

  // The entries with most places, on the page before the first question, once the page is there.
  async function fillFirst() {
    const part = document.querySelector(".welcome .first-index");
    const essay = part?.dataset.essay;
    if (!essay || !part.hidden) return;
    const found = await indexOf(essay);
    if (!found || !part.isConnected) return;
    const count = (entry) => JSON.parse(entry.dataset.places).length;
    const entries = [...found.querySelectorAll("[data-kind=names] .entry, [data-kind=works] .entry, [data-kind=terms] .entry")];
    const most = entries.sort((one, other) => count(other) - count(one)).slice(0, SHORT_INDEX);
    const list = part.querySelector("ul");
    list.replaceChildren(
      ...most.map((entry) => {
        const item = document.createElement("li");
        item.append(entry);
        return item;
      }),
    );
    part.hidden = !most.length;
  }

  desk.firstIndex = () => void fillFirst();

  // Related passages, below a card -----------------------------------------------------------------

  async function showRelated(button) {
    const card = button.closest(".card");
    const place = card.querySelector(".related");
    if (!place.hidden) {
      place.hidden = true;
      return void button.setAttribute("aria-expanded", "false");
    }
    button.disabled = true;
    const html = await fetched("related", card.dataset.passage, style);
    button.disabled = false;
    if (html === null) return;
    place.replaceChildren(fragment(html));
    place.hidden = false;
    button.setAttribute("aria-expanded", "true");
    desk.say(`Related passages: ${place.querySelectorAll("li").length}.`);
  }

  // One question to each essay ---------------------------------------------------------------------

  const sheet = () => document.getElementById("compare-sheet");

  async function compare() {
    const box = document.querySelector("#question textarea");
    const question = box.value.trim() || desk.newestTurn()?.querySelector(".asked")?.textContent.trim() || "";
    const button = document.getElementById("compare-essays");
    button.disabled = true;
    desk.say("Each essay is asked…", true);
    const html = await fetched("compare", question, desk.chosenEssays(), style);
    button.disabled = false;
    if (html === null) return;
    desk.say("");
    sheet().querySelector(".sheet-body").replaceChildren(fragment(html));
    sheet().showModal();
  }

  // Only where there are several.
  desk.offerComparing = (number) => {
    const button = document.getElementById("compare-essays");
    if (button) button.hidden = number < 2;
  };

  async function fillJoint(details) {
    const body = details.querySelector(".joint-body");
    if (!details.open || body.children.length) return;
    body.textContent = "Making the index…";
    const html = await fetched("index", desk.chosenEssays());
    if (html === null) {
      body.textContent = "";
      details.open = false;
      return;
    }
    body.replaceChildren(fragment(html));
  }

  // What a click, a key and a tick mean --------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("#index-open, .all-index")) {
      if (target.closest(".all-index")) desk.showView("essay");
      return void desk.openIndex();
    }
    const entry = target.closest(".entry");
    if (entry) return void showEntry(entry);
    const asked = target.closest(".ask-entry");
    if (asked) return void askAbout(asked);
    const related = target.closest(".show-related");
    if (related) return void showRelated(related);
    if (target.closest("#compare-essays")) return void compare();
    if (target.closest("#compare-sheet [data-note]") || target.id === "compare-sheet") sheet().close();
    if (target.closest("#index-panel [data-note]")) closeIndex();
    else if (!target.closest("#index-panel, .reader-bar")) closeIndex();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !closeIndex()) return;
    event.preventDefault();
    opener().focus();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".index-filter")) filter(event.target);
  });
  // "toggle" does not bubble.
  document.addEventListener("toggle", (event) => event.target.matches?.(".joint-index") && void fillJoint(event.target), true);
  // The ticks decide which essays the joint index has.
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("input.chosen")) return;
    for (const details of document.querySelectorAll(".joint-index")) {
      details.open = false;
      details.querySelector(".joint-body").replaceChildren();
    }
  });

  desk.whenDrawn("#conversation", (conversation) => {
    new MutationObserver(() => void fillFirst()).observe(conversation, { childList: true, subtree: true });
  });
})(window.desk);
