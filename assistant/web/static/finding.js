/* Find in the essay: a phrase, across line ends, page turns and note numbers; without a phrase, the hits of the
   current question, one after the other. */
((desk) => {
  "use strict";

  const WAIT_MS = 120;
  const BETWEEN = "\u0000"; // between passages, so that no phrase runs from one into the next
  let text = null; // the essay as it is searched, prepared for the first search
  let ranges = [];
  let current = -1; // which of them is shown
  let phrase = "";
  let named = ""; // the entry of the index whose places are shown
  let waiting = 0;

  const box = () => document.querySelector("#find input");

  // One spelling for what is printed in several: quotation marks, dashes, spaces, ellipses, accents, case --

  function plain(character) {
    if (/[\p{Pi}\p{Pf}'"‚„′″`´]/u.test(character)) return "'";
    if (/[\p{Pd}−]/u.test(character)) return "-";
    if (/\s/u.test(character)) return " ";
    if (/[\u00ad\u200b-\u200d\u2060\ufeff]/u.test(character)) return "";
    return character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  // Dashes are printed with and without spaces around them and as two hyphens, ellipses with and without spaces.
  function leavesSpaceOut(letter, letters) {
    return letters.at(-1) === " " && (letter === "-" || (letter === "." && letters.at(-2) === "."));
  }

  function repeats(letter, last) {
    return (letter === " " && (last === " " || last === "-")) || (letter === "-" && last === "-");
  }

  // The letters, and for each the place in `raw` of the character that it comes from.
  function folded(raw) {
    const letters = [];
    const places = [];
    let place = 0;
    for (const character of raw) {
      for (const letter of plain(character)) {
        if (leavesSpaceOut(letter, letters)) {
          letters.pop();
          places.pop();
        }
        if (repeats(letter, letters.at(-1))) continue;
        letters.push(letter);
        places.push(place);
      }
      place += character.length;
    }
    return { letters: letters.join(""), places };
  }

  function readText() {
    const nodes = [];
    let raw = "";
    for (const part of desk.passages()) {
      for (const node of desk.textNodes(part)) {
        nodes.push({ node, start: raw.length });
        raw += node.data;
      }
      raw += BETWEEN;
    }
    return { nodes, raw, ...folded(raw) };
  }

  function nodeAt(place) {
    let low = 0;
    let high = text.nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (text.nodes[middle].start <= place) low = middle;
      else high = middle - 1;
    }
    return text.nodes[low];
  }

  function rangeAt(first, last) {
    const start = text.places[first];
    const end = text.places[last];
    const [from, to] = [nodeAt(start), nodeAt(end)];
    const range = document.createRange();
    range.setStart(from.node, start - from.start);
    range.setEnd(to.node, end - to.start + String.fromCodePoint(text.raw.codePointAt(end)).length);
    return range;
  }

  function search(wanted) {
    const sought = folded(wanted.trim()).letters;
    const matches = [];
    if (!sought) return matches;
    text ??= readText();
    for (let place = text.letters.indexOf(sought); place >= 0; place = text.letters.indexOf(sought, place + sought.length)) {
      matches.push(rangeAt(place, place + sought.length - 1));
    }
    return matches;
  }

  // Showing ----------------------------------------------------------------------------------------

  const goals = () => (phrase || named ? ranges : desk.hits());

  desk.count = () => {
    const counter = document.querySelector("#find output");
    if (!counter) return;
    const all = goals().length;
    const place = current >= 0 && current < all ? `${current + 1} of ${all}` : String(all);
    const found = all ? `Marked: ${place}` : "";
    const where = all ? place : "Not in this essay";
    counter.textContent = phrase ? where : named ? `${named}: ${place}` : found;
    for (const button of document.querySelectorAll("#find button.step")) button.disabled = !all;
  };

  function markCurrent() {
    desk.highlight("desk-found-now", (phrase || named) && current >= 0 ? [ranges[current]] : []);
    desk.count();
  }

  function markAll() {
    desk.highlight("desk-found", ranges);
    desk.showFound(ranges);
    markCurrent();
  }

  function step(by) {
    const all = goals();
    if (!all.length) return;
    current = current < 0 ? (by > 0 ? fromHere(all) : all.length - 1) : (current + by + all.length) % all.length;
    markCurrent();
    desk.reveal(all[current]);
  }

  // The first at or below what is in sight.
  function fromHere(all) {
    const top = desk.topOf(desk.scroller());
    const below = all.findIndex((range) => range.getBoundingClientRect().bottom > top);
    return Math.max(below, 0);
  }

  function look() {
    if (box().value.trim() === phrase && !named) return;
    named = "";
    phrase = box().value.trim();
    ranges = search(phrase);
    current = -1;
    markAll();
    if (ranges.length) step(1);
  }

  // Another essay, or the same one drawn again: the ranges were those of the old text.
  desk.textChanged = () => {
    text = null;
    named = "";
    current = -1;
    ranges = search(phrase);
    markAll();
    desk.markHits();
  };

  // Mark the places of an entry of the index, `[passage, start, end]` each, and show the first; returns how many.
  desk.showPlaces = (name, places) => {
    box().value = "";
    phrase = "";
    named = name;
    ranges = places.flatMap(([passage, start, end]) => {
      const part = desk.passage(passage);
      return part ? [desk.rangeOf(part, start, end)] : [];
    });
    current = -1;
    markAll();
    if (ranges.length) {
      current = 0;
      markCurrent();
      desk.reveal(ranges[0]);
    }
    return ranges.length;
  };

  desk.startFinding = () => {
    box().focus();
    box().select();
    return true;
  };

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, WAIT_MS);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("#find input") || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const before = phrase;
      look();
      if (phrase === before) step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      box().value = "";
      look();
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#find button.step");
    if (button) step(button.classList.contains("next") ? 1 : -1);
  });
})(window.desk);
