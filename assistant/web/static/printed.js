/* The pages of a PDF as they are printed: the switch between them and the text, their size, and marks around the
   words that answer. The server draws an image of a page when the browser asks for it. */
((desk) => {
  "use strict";

  const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
  const WIDTHS = [600, 900, 1200, 1800, 2400]; // in pixels, of the images that the server draws
  const known = new Map(); // where words are printed, by passage and spans
  let zoom = 1;
  let drawing = 0; // the newest call that draws marks; older ones stop

  const pane = () => document.querySelector("#pane");
  const pages = () => document.querySelector("#pane .print");

  desk.isPrinted = () => Boolean(pages()?.getClientRects().length);

  // Images ------------------------------------------------------------------------------------------

  // An image as sharp as the screen shows it; the browser fetches it when its page comes near.
  function fetchImages() {
    const wanted = pages().clientWidth * zoom * window.devicePixelRatio;
    const width = WIDTHS.find((each) => each >= wanted) || WIDTHS.at(-1);
    for (const image of pages().querySelectorAll("img")) {
      const address = `${image.dataset.src}${width}`;
      if (image.getAttribute("src") !== address) image.src = address;
    }
  }

  function setZoom(wanted) {
    zoom = wanted;
    const section = pages();
    if (!section) return;
    const across = (section.scrollLeft + section.clientWidth / 2) / section.scrollWidth;
    section.style.setProperty("--zoom", zoom);
    document.querySelector("#pane .zoom output").textContent = `${Math.round(100 * zoom)}%`;
    document.querySelector("#pane [data-zoom='-1']").disabled = zoom === ZOOMS[0];
    document.querySelector("#pane [data-zoom='1']").disabled = zoom === ZOOMS.at(-1);
    if (!desk.isPrinted()) return;
    section.scrollLeft = across * section.scrollWidth - section.clientWidth / 2;
    fetchImages();
  }

  const middle = () => desk.topOf(desk.scroller()) + desk.scroller().clientHeight / 2;

  // The page in the middle of what is in sight, and how far down it that is.
  function middleOfView() {
    const at = middle();
    const figure = [...pages().querySelectorAll("figure")].find((each) => each.getBoundingClientRect().bottom > at);
    if (!figure) return null;
    const { top, height } = figure.getBoundingClientRect();
    return { figure, share: (at - top) / height };
  }

  function heightAt({ figure, share }) {
    const { top, height } = figure.getBoundingClientRect();
    return top + share * height;
  }

  desk.zoomPages = (by) => {
    if (!desk.isPrinted()) return false;
    const place = by ? Math.min(Math.max(ZOOMS.indexOf(zoom) + by, 0), ZOOMS.length - 1) : ZOOMS.indexOf(1);
    const kept = middleOfView();
    setZoom(ZOOMS[place]);
    if (kept) desk.scroller().scrollBy({ top: heightAt(kept) - middle() });
    desk.say(`The pages are shown at ${Math.round(100 * zoom)} percent.`);
    return true;
  };

  // Marks -------------------------------------------------------------------------------------------

  // The browser counts a character outside the basic plane as two, the server as one.
  const characters = (text, offset) => [...text.slice(0, offset)].length;

  function spansOf(part, ranges) {
    return ranges.map((range) => {
      const before = document.createRange();
      before.selectNodeContents(part);
      before.setEnd(range.startContainer, range.startOffset);
      const start = before.toString().length;
      const [text, end] = [part.textContent, start + range.toString().length];
      return `${characters(text, start)}-${characters(text, end)}`;
    });
  }

  async function places(passage, spans) {
    const query = new URLSearchParams({ passage, spans: spans.join(" ") });
    const key = `${query}`;
    if (!known.has(key)) {
      const reply = await fetch(`api/page-marks?${query}`);
      if (!reply.ok) {
        desk.say("The server cannot tell where these words are printed.", true);
        return [];
      }
      known.set(key, (await reply.json()).pages);
    }
    return known.get(key);
  }

  function draw(name, found) {
    const drawn = [];
    for (const { file, boxes } of found) {
      const paper = pages()?.querySelector(`figure[data-file="${file}"] .paper`);
      for (const [left, top, right, bottom] of paper ? boxes : []) {
        const mark = document.createElement("div");
        mark.className = `printed-mark ${name}`;
        mark.setAttribute("aria-hidden", "true");
        mark.style.cssText = `left:${100 * left}%;top:${100 * top}%;width:${100 * (right - left)}%;height:${100 * (bottom - top)}%`;
        paper.append(mark);
        drawn.push(mark);
      }
    }
    return drawn;
  }

  const erase = (name) => pages()?.querySelectorAll(`.printed-mark.${name}`).forEach((mark) => mark.remove());

  // Mark all that the current question found.
  desk.markPrinted = async () => {
    if (!desk.isPrinted()) return;
    const call = ++drawing;
    const parts = Map.groupBy(desk.hits(), (range) => partOf(range));
    const found = [];
    for (const [part, ranges] of parts) found.push(...(await places(part.dataset.passage, spansOf(part, ranges))));
    if (call !== drawing) return;
    erase("hit");
    draw("hit", found);
  };

  function partOf(range) {
    const node = range.startContainer;
    return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest("[data-passage]");
  }

  async function show(part, ranges, name) {
    const spans = ranges.length ? spansOf(part, ranges) : [];
    const found = await places(part.dataset.passage, spans);
    if (!desk.isPrinted()) return;
    erase("now");
    const [first] = draw(name, found);
    if (!first) return;
    const figure = first.closest("figure");
    first.scrollIntoView({ behavior: desk.smooth(), block: "center", inline: "center" });
    if (name !== "here") return;
    desk.say(`${part.dataset.passage.split("/")[1]} is on ${figure.querySelector("figcaption").textContent}.`);
  }

  // Scroll to words of the text that were found.
  desk.revealPrinted = (range) => void show(partOf(range), [range], "now");

  // Scroll to a passage: to the words of it that answer, if there are some.
  desk.showPrinted = (part, focuses = true) => {
    if (focuses) pages().focus({ preventScroll: true });
    const own = desk.hits().filter((range) => partOf(range) === part);
    void show(part, own, own.length ? "now" : "now here");
  };

  // The switch --------------------------------------------------------------------------------------

  const rulerTop = () => desk.topOf(desk.scroller()) + 60;

  function topFigure() {
    return [...pages().querySelectorAll("figure")].find((each) => each.getBoundingClientRect().bottom > rulerTop());
  }

  function topPassage() {
    return desk.passages().find((each) => each.getBoundingClientRect().bottom > rulerTop());
  }

  function setButtons(as) {
    for (const button of document.querySelectorAll("#pane [data-as]")) {
      button.setAttribute("aria-pressed", String(button.dataset.as === as));
    }
  }

  // Show the text, or the pages; nothing for an essay without pages.
  desk.showAs = (as) => {
    if (!pages()) return false;
    pane().dataset.shown = as;
    setButtons(as);
    if (as === "print") {
      setZoom(zoom);
      fetchImages();
      void desk.markPrinted();
    } else {
      desk.markHits();
    }
    desk.placesArrived();
    desk.drawRuler();
    return true;
  };

  desk.switchShown = () => {
    if (!pages()) return false;
    const printed = desk.isPrinted();
    const figure = printed && topFigure();
    const part = !printed && (document.querySelector("#pane .current") || partOfFirstHit() || topPassage());
    desk.showAs(printed ? "text" : "print");
    if (part) desk.showPrinted(part);
    const label = figure && figure.dataset.label;
    const place = label && document.querySelector(`#pane .reader [data-page="${CSS.escape(label)}"]`);
    if (place) place.scrollIntoView({ block: "start" });
    return true;
  };

  function partOfFirstHit() {
    const [first] = desk.hits();
    return first && partOf(first);
  }

  // Another essay has arrived, or the same one was drawn again. Where the PDF counts other pages than those
  // that are printed, both numbers stand in the margin of the text.
  desk.pagesArrived = () => {
    known.clear();
    for (const { dataset } of pages()?.querySelectorAll("figure") || []) {
      if (!dataset.label || dataset.label === dataset.file) continue;
      for (const start of document.querySelectorAll(`#pane .reader [data-page="${CSS.escape(dataset.label)}"]`)) {
        start.dataset.file = `PDF ${dataset.file}`;
        start.setAttribute("aria-label", `page ${dataset.label}, page ${dataset.file} of the PDF`);
      }
    }
    if (pages() && pane().dataset.shown === "print") desk.showAs("print");
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#pane [data-as], #pane [data-zoom]");
    if (!button) return;
    if (button.dataset.zoom) return void desk.zoomPages(Number(button.dataset.zoom));
    if ((button.dataset.as === "print") !== desk.isPrinted()) desk.switchShown();
  });

  let resized = 0;
  window.addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => desk.isPrinted() && fetchImages(), 200);
  });
})(window.desk);
