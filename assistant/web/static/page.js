/* What the other scripts share. Every listener sits on the document, so it also serves what is put into
   the page later. */
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

  // What scrolls the essay: its pane where the two stand side by side, else the page.
  desk.scroller = () => {
    const pane = document.querySelector("#pane");
    return pane && getComputedStyle(pane).overflowY === "auto" ? pane : document.scrollingElement;
  };
  desk.topOf = (scroller) => (scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top);

  // What this tab keeps over a reload; empty in a browser that keeps nothing.
  desk.keptInTab = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name)) || {};
    } catch {
      return {};
    }
  };

  desk.keepInTab = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing, or no more: the page works, and begins anew after a reload.
    }
  };

  const FORGET_MS = 60_000; // the download begins after the click, and asks the reader where to

  // Save a file of the browser's own, from base64.
  desk.download = ({ name, type, content }) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), FORGET_MS);
  };

  // Parts of the page that are there once gradio has drawn it.
  desk.whenDrawn = (selector, act) => {
    const part = document.querySelector(selector);
    if (part) act(part);
    else setTimeout(() => desk.whenDrawn(selector, act), 100);
  };

  function voice() {
    let voice = document.getElementById("desk-voice");
    if (!voice) {
      voice = document.createElement("div");
      voice.id = "desk-voice";
      voice.setAttribute("role", "status");
      document.body.append(voice);
    }
    return voice;
  }

  // Said to whoever does not see the page; `shown` to everyone.
  desk.say = (words, shown = false) => {
    voice().textContent = words;
    voice().classList.toggle("shown", shown);
    clearTimeout(hiding);
    if (shown) hiding = setTimeout(() => voice().classList.remove("shown"), SHOWN_FOR_MS);
  };
})(window.desk);
