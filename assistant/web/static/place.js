/* Where one is in the essay: the page, always in sight, and with it the contents and the list of pages. */
((desk) => {
  "use strict";

  let starts = []; // where pages begin: { element, label }, in reading order
  let waiting = 0;

  const button = () => document.getElementById("place");
  const panel = () => document.getElementById("outline");

  function findStarts() {
    const inPrint = desk.isPrinted();
    const parts = document.querySelectorAll(inPrint ? "#pane .print figure" : "#pane .reader [data-page]");
    const label = (part) => (inPrint ? part.dataset.label || part.dataset.file : part.dataset.page);
    const all = [...parts].map((part) => ({ element: part, label: label(part) }));
    // The notes come after the text, and repeat numbers of its pages.
    const seen = new Set();
    return all.filter((start) => !seen.has(start.label) && seen.add(start.label));
  }

  // The last page that begins above a third of what is in sight.
  function here() {
    const line = desk.topOf(desk.scroller()) + desk.scroller().clientHeight / 3;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle].element.getBoundingClientRect().top <= line) low = middle;
      else high = middle - 1;
    }
    return starts[low]?.label || "";
  }

  desk.pageInSight = here;

  function write() {
    waiting = 0;
    const part = button();
    if (!part || !desk.reader()?.isConnected) return;
    const page = here();
    const [first, last] = [starts[0]?.label, starts.at(-1)?.label];
    const span = first === last ? "" : `of ${first}–${last}`;
    if (part.dataset.shown === `${page} ${span}`) return;
    part.dataset.shown = `${page} ${span}`;
    part.textContent = page ? `p. ${page}` : "Contents";
    if (!page || !span) return;
    const rest = document.createElement("span");
    rest.className = "of";
    rest.textContent = span;
    part.append(rest);
  }

  desk.placeChanged = () => {
    waiting ||= requestAnimationFrame(write);
  };

  // The essay in the pane has changed, or is shown in another way.
  desk.placesArrived = () => {
    starts = findStarts();
    delete button()?.dataset.shown;
    close();
    desk.placeChanged();
  };

  // For the ruler: where pages begin, as shares of the height of the reader.
  desk.pageStarts = () => starts;

  // The panel -------------------------------------------------------------------------------------

  function entry(words, page, goal, name) {
    const item = document.createElement("li");
    const link = document.createElement("button");
    link.type = "button";
    link.goal = goal;
    const text = document.createElement("span");
    text.className = "outline-text";
    text.textContent = words;
    link.append(text);
    if (name) link.setAttribute("aria-label", name);
    if (page) {
      const [dots, number] = [document.createElement("span"), document.createElement("span")];
      dots.className = "dots";
      number.className = "outline-page";
      number.textContent = page;
      number.setAttribute("aria-label", `page ${page}`);
      link.append(dots, number);
    }
    item.append(link);
    return item;
  }

  const follows = (element, other) => Boolean(element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

  function pageOf(heading) {
    const own = heading.querySelector("[data-page]")?.dataset.page;
    return own || starts.findLast((start) => follows(start.element, heading))?.label || "";
  }

  function fill() {
    const headings = [...document.querySelectorAll("#pane .reader .part-heading")];
    const contents = document.createElement("ol");
    contents.append(...headings.map((heading) => entry(heading.textContent.trim(), pageOf(heading), heading)));
    const pages = document.createElement("ol");
    pages.className = "page-list";
    pages.setAttribute("aria-label", "Pages");
    pages.append(...starts.map(({ element, label }) => entry(label, "", element, `page ${label}`)));
    panel().replaceChildren(...[headings.length && contents, starts.length && pages].filter(Boolean));
    if (!panel().children.length) panel().textContent = "This essay has no headings and no page numbers.";
  }

  desk.closeContents = () => close();

  function close() {
    if (!panel() || panel().hidden) return false;
    panel().hidden = true;
    button().setAttribute("aria-expanded", "false");
    return true;
  }

  desk.openContents = () => {
    if (!panel()?.hidden) return close();
    fill();
    panel().hidden = false;
    button().setAttribute("aria-expanded", "true");
    const page = here();
    const now = [...panel().querySelectorAll(".page-list button")].find((each) => each.textContent === page);
    now?.setAttribute("aria-current", "page");
    panel().querySelector("button")?.focus();
    void desk.announceIn(panel());
    return true;
  };

  function goTo(goal) {
    close();
    const part = goal.closest("[data-passage]");
    if (part && desk.isPrinted()) return void desk.showPrinted(part);
    const scroller = desk.scroller();
    const top = goal.getBoundingClientRect().top - desk.topOf(scroller) - 24;
    scroller.scrollBy({ top, behavior: desk.smooth() });
    if (part) part.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("#place")) return void desk.openContents();
    const link = target.closest("#outline button");
    if (link) return void goTo(link.goal);
    if (!target.closest("#outline")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !close()) return;
    event.preventDefault();
    button().focus();
  });
  document.addEventListener("scroll", () => desk.placeChanged(), { capture: true, passive: true });
  window.addEventListener("resize", () => desk.placeChanged());
})(window.desk);
