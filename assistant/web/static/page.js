/* What the other scripts share. Every listener is on the document, so that it also serves elements that are
   added to the page later. */
window.desk = {};
((desk) => {
  "use strict";

  const SHOWN_FOR_MS = 4000;
  let hiding = 0;

  desk.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  desk.smooth = () => (desk.calm() ? "auto" : "smooth");
  desk.conversation = () => document.querySelector("#conversation");
  desk.reader = () => document.querySelector("#pane .reader");
  desk.passages = () => [...document.querySelectorAll("#pane .reader [data-passage]")];
  desk.passage = (id) => desk.passages().find((each) => each.dataset.passage === id);
  desk.cards = () => [...document.querySelectorAll("#conversation .card")];

  // Unique among tabs; pages without encryption have no randomUUID.
  desk.newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

  // What scrolls the essay: its pane where the two columns are side by side, else the page.
  desk.scroller = () => {
    const pane = document.querySelector("#pane");
    return pane && getComputedStyle(pane).overflowY === "auto" ? pane : document.scrollingElement;
  };
  desk.topOf = (scroller) => (scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top);

  // What this tab stores over a reload; empty in a browser that stores nothing.
  desk.readSession = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name)) || {};
    } catch {
      return {};
    }
  };

  desk.writeSession = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      // The browser stores nothing, or no more: the page works, and is empty again after a reload.
    }
  };

  const REVOKE_AFTER_MS = 60_000; // the download starts after the click, and asks the reader where to save

  function offer(name, type, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
  }

  // Download a file from its content in base64, or from its text.
  desk.download = ({ name, type, content }) => offer(name, type, Uint8Array.from(atob(content), (one) => one.charCodeAt(0)));
  desk.downloadText = ({ name, type, text }) => offer(name, type, text);

  // Do something with an element as soon as gradio has drawn it.
  desk.whenDrawn = (selector, act) => {
    const part = document.querySelector(selector);
    if (part) act(part);
    else setTimeout(() => desk.whenDrawn(selector, act), 100);
  };

  function statusLine() {
    let line = document.getElementById("desk-voice");
    if (!line) {
      line = document.createElement("div");
      line.id = "desk-voice";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    return line;
  }

  // A live region is heard only if it was there before its words.
  document.addEventListener("DOMContentLoaded", statusLine);

  // Tell screen readers something; with `shown`, everyone.
  desk.say = (words, shown = false) => {
    statusLine().textContent = words;
    statusLine().classList.toggle("shown", shown);
    clearTimeout(hiding);
    if (shown) hiding = setTimeout(() => statusLine().classList.remove("shown"), SHOWN_FOR_MS);
  };
})(window.desk);
