/* The question's box, and the questions on their way from it, or from a script, to the conversation. */
((desk) => {
  "use strict";

  const handed = []; // questions that are no turns of the conversation yet, oldest first

  const box = () => document.querySelector("#question textarea");

  desk.writeInBox = (text) => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  desk.handed = () => [...handed];
  desk.handedQuestion = () => handed.shift();

  // What the reader has in the box stays there.
  desk.askNow = (question) => {
    handed.push(question);
    document.getElementById("ask").click();
  };

  // What is asked is what is in the box when Enter or the button is pressed, whatever the reader writes at once after it.
  // Pressed twice, they would also ask nothing.
  function takeFromBox(event) {
    const isEnter = event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question textarea");
    if (!event.isTrusted || !(isEnter || (event.type === "click" && event.target.closest?.("#ask")))) return;
    const question = box().value;
    if (question.trim() || !(handed.length || desk.isAnswering())) {
      handed.push(question);
      desk.writeInBox("");
      return void desk.keep();
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  for (const type of ["click", "keypress"]) window.addEventListener(type, takeFromBox, true);
})(window.desk);
