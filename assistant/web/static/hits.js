/* The hits of the current question, marked in the essay's text and on the ruler next to it. The marks are the
   browser's own highlights, so the text itself does not change. */
((desk) => {
  "use strict";

  const NEAR_PX = 8; // a click on the ruler this near to a tick means the tick
  const TICK_PX = 2;
  const LABEL_PX = 12; // height of a page's number on the ruler
  const MOST_TICKS = 2000;
  const ABOVE = { "desk-found": 1, "desk-found-now": 2 }; // which mark is on top where several meet
  let turn = null; // the turn whose passages are marked: the last one, unless a card of another was opened
  let hits = []; // { passage, range }, in reading order
  let kind = "hit"; // whether they are offered as an answer or as the nearest passages
  let found = []; // ranges that the reader looked for

  // From characters to their text nodes ----------------------------------------------

  desk.textNodes = (part) => {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };

  function rangeOf(part, start, end) {
    const range = document.createRange();
    range.selectNodeContents(part);
    let offset = 0;
    for (const node of desk.textNodes(part)) {
      if (start >= offset && start < offset + node.length) range.setStart(node, start - offset);
      if (end > offset && end <= offset + node.length) range.setEnd(node, end - offset);
      offset += node.length;
    }
    return range;
  }

  desk.rangeOf = rangeOf;

  // What was found -------------------------------------------------------------------------------

  function currentTurn() {
    if (turn?.isConnected) return turn;
    return desk.newestTurn();
  }

  function hitsOfCard(card) {
    const part = desk.passage(card.dataset.passage);
    if (!part) return [];
    const spans = card.dataset.spans.split(" ").filter(Boolean).map((span) => span.split("-").map(Number));
    const whole = [[0, part.textContent.length]];
    return (spans.length ? spans : whole).map(([start, end]) => {
      return { passage: card.dataset.passage, range: rangeOf(part, start, end) };
    });
  }

  function inOrder(first, second) {
    return first.range.compareBoundaryPoints(Range.START_TO_START, second.range);
  }

  desk.hitsOf = (card) => {
    turn = card ? card.closest(".turn") : null;
    desk.markHits();
  };

  desk.markHits = () => {
    const cards = [...(currentTurn()?.querySelectorAll(".card") || [])];
    hits = cards.flatMap(hitsOfCard).sort(inOrder);
    const nearest = Boolean(currentTurn()?.querySelector(".not-answered"));
    kind = nearest ? "nearest" : "hit";
    desk.highlight("desk-hits", nearest ? [] : desk.hits());
    desk.highlight("desk-nearest", nearest ? desk.hits() : []);
    desk.drawRuler();
    desk.count();
    void desk.markPrinted();
  };

  desk.hits = () => hits.map((hit) => hit.range);

  // Scroll to the hit of a passage; returns whether it has one.
  desk.revealHit = (passage) => {
    const hit = hits.find((each) => each.passage === passage);
    if (hit) desk.reveal(hit.range);
    return Boolean(hit);
  };

  desk.highlight = (name, ranges) => {
    if (!ranges.length) return void CSS.highlights?.delete(name);
    // One by one: a common letter occurs more often in a book than a call may have arguments.
    const marks = new Highlight();
    marks.priority = ABOVE[name] || 0;
    for (const range of ranges) marks.add(range);
    CSS.highlights?.set(name, marks);
  };

  desk.reveal = (range) => {
    if (desk.isPrinted()) return void desk.revealPrinted(range);
    const scroller = desk.scroller();
    const third = scroller.clientHeight / 3;
    const top = range.getBoundingClientRect().top - desk.topOf(scroller) - third;
    scroller.scrollBy({ top, behavior: desk.smooth() });
  };

  // The ruler ------------------------------------------------------------------------------------

  desk.showFound = (ranges) => {
    found = ranges;
    desk.drawRuler();
  };

  function ticks(ranges, name, reader, ruler) {
    const box = reader.getBoundingClientRect();
    const drawn = new Map();
    // If there are very many, neighbours would coincide anyway.
    const every = Math.ceil(ranges.length / MOST_TICKS);
    for (const range of ranges.filter((_, place) => place % every === 0)) {
      const share = (range.getBoundingClientRect().top - box.top) / box.height;
      const at = Math.round((share * ruler.clientHeight) / TICK_PX) * TICK_PX;
      if (drawn.has(at)) continue;
      const tick = document.createElement("span");
      tick.className = `tick ${name}`;
      tick.style.top = `${at}px`;
      tick.goal = range;
      drawn.set(at, tick);
    }
    return drawn.values();
  }

  desk.drawRuler = () => {
    const ruler = document.getElementById("ruler");
    const reader = desk.reader();
    if (!ruler) return;
    if (!ruler.offsetParent) return void ruler.replaceChildren();
    if (!reader?.offsetParent) return void ruler.replaceChildren(...(desk.isPrinted() ? pageLabels(ruler) : []));
    ruler.replaceChildren(
      ...pageLabels(ruler), ...ticks(desk.hits(), kind, reader, ruler), ...ticks(found, "found", reader, ruler),
    );
  };

  // Where pages begin, as many numbers as there is room for.
  function pageLabels(ruler) {
    const { scrollTop, scrollHeight } = desk.scroller();
    const top = desk.topOf(desk.scroller());
    const labels = [];
    let below = 0;
    for (const { element, label } of desk.pageStarts()) {
      const share = (element.getBoundingClientRect().top - top + scrollTop) / scrollHeight;
      const at = Math.round(share * ruler.clientHeight);
      if (at < below || at > ruler.clientHeight - LABEL_PX) continue;
      const part = document.createElement("span");
      part.className = "ruler-page";
      part.textContent = label;
      part.style.top = `${at}px`;
      labels.push(part);
      below = at + 1.6 * LABEL_PX;
    }
    return labels;
  }

  document.addEventListener("click", (event) => {
    const ruler = event.target.closest?.("#ruler");
    if (!ruler) return;
    const at = event.clientY - ruler.getBoundingClientRect().top;
    const far = (tick) => Math.abs(parseFloat(tick.style.top) - at);
    const [nearest] = [...ruler.querySelectorAll(".tick")].sort((first, second) => far(first) - far(second));
    if (nearest && far(nearest) <= NEAR_PX) return void desk.reveal(nearest.goal);
    const scroller = desk.scroller();
    scroller.scrollTo({ top: (at / ruler.clientHeight) * scroller.scrollHeight, behavior: desk.smooth() });
  });

  desk.whenDrawn("#pane", (pane) => new ResizeObserver(() => desk.drawRuler()).observe(pane));
})(window.desk);
