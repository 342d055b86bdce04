/* Pins are dragged to another place by their handle, with a mouse, a pen or a finger. Keys have buttons for it. */
((desk) => {
  "use strict";

  const EDGE_PX = 60; // this near to the edge of what is shown, it scrolls
  const STEP_PX = 12;
  let dragged = null; // the item that is held
  let from = 0; // its place among those shown
  let pointer = 0;
  let at = 0; // where the pointer is, from the top of the window
  let scrolling = 0;

  const items = () => [...document.querySelectorAll("#pins > .pinned:not([hidden])")];
  const middle = (item) => {
    const box = item.getBoundingClientRect();
    return box.top + box.height / 2;
  };

  // The nearest element around the list that scrolls.
  function scroller() {
    for (let part = document.getElementById("pins"); part; part = part.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(part).overflowY) && part.scrollHeight > part.clientHeight) return part;
    }
    return document.scrollingElement;
  }

  function follow() {
    const others = items().filter((item) => item !== dragged);
    const next = others.find((item) => at < middle(item));
    if (next ? dragged.nextElementSibling !== next : others.length && others.at(-1).nextElementSibling !== dragged) {
      const list = document.getElementById("pins");
      list.insertBefore(dragged, next || null);
    }
  }

  function scroll() {
    if (!dragged) return;
    const part = scroller();
    const whole = part === document.scrollingElement;
    const top = whole ? 0 : part.getBoundingClientRect().top;
    const bottom = whole ? window.innerHeight : part.getBoundingClientRect().bottom;
    const by = at < top + EDGE_PX ? -STEP_PX : at > bottom - EDGE_PX ? STEP_PX : 0;
    if (by) {
      part.scrollBy(0, by);
      follow();
    }
    scrolling = requestAnimationFrame(scroll);
  }

  function end(keep) {
    if (!dragged) return;
    cancelAnimationFrame(scrolling);
    const item = dragged;
    const goal = items().indexOf(item);
    dragged = null;
    item.classList.remove("dragged");
    document.body.classList.remove("dragging");
    if (keep && goal !== from) desk.movePin(item.dataset.id, goal);
    else desk.drawPins();
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.("#pins .pin-handle");
    if (!handle || event.button || dragged) return;
    event.preventDefault();
    dragged = handle.closest(".pinned");
    from = items().indexOf(dragged);
    pointer = event.pointerId;
    at = event.clientY;
    dragged.classList.add("dragged");
    document.body.classList.add("dragging");
    scrolling = requestAnimationFrame(scroll);
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragged || event.pointerId !== pointer) return;
    at = event.clientY;
    follow();
  });
  document.addEventListener("pointerup", (event) => event.pointerId === pointer && end(true));
  document.addEventListener("pointercancel", (event) => event.pointerId === pointer && end(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
})(window.desk);
