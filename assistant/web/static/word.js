/* The add-in for Word: what its parts share, messages, and the three parts of the pane. */
const addin = {};

(() => {
  "use strict";

  /* What went wrong, as one sentence for the writer. */
  addin.Refusal = class extends Error {};

  addin.element = (id) => document.getElementById(id);

  addin.counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  addin.make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  /* A part of a text; the server counts characters, and scripts some of them as two. */
  addin.part = (text, start, end) => [...text].slice(start, end).join("");

  addin.say = (sentence) => {
    addin.element("status").textContent = sentence;
    addin.element("fault").textContent = "";
  };

  function complain(error) {
    addin.element("status").textContent = "";
    // Word's own errors have a code and a message that is a sentence.
    const sentence = error instanceof addin.Refusal ? error.message : `Word could not do this: ${error.message}`;
    addin.element("fault").textContent = sentence;
    if (!(error instanceof addin.Refusal)) console.error(error);
  }

  /* Do what a button asks for, which is out of reach meanwhile; what fails is said. */
  addin.during = async (button, doing, work) => {
    addin.say(doing);
    button.disabled = true;
    try {
      addin.say((await work()) ?? "");
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
    }
  };

  addin.attempt = (work) => work().catch(complain);

  const tabs = () => [...document.querySelectorAll('[role="tab"]')];

  function choose(tab) {
    for (const other of tabs()) {
      const isChosen = other === tab;
      other.setAttribute("aria-selected", isChosen);
      other.tabIndex = isChosen ? 0 : -1;
      addin.element(other.getAttribute("aria-controls")).hidden = !isChosen;
    }
    addin.say("");
  }

  addin.listenToTabs = () => {
    for (const tab of tabs()) tab.addEventListener("click", () => choose(tab));
    document.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1 };
      if (!(event.key in steps)) return;
      const all = tabs();
      const next = all.at((all.indexOf(document.activeElement) + steps[event.key]) % all.length);
      choose(next);
      next.focus();
    });
  };
})();
