/* Saving the notebook and the conversation as files, which the server makes and the browser downloads. */
((desk) => {
  "use strict";

  async function save(title, sections, form) {
    const server = desk.notebookServer();
    const answer = server?.save(title, JSON.stringify(sections), form, desk.notebookStyle());
    const file = await Promise.resolve(answer).catch(() => null);
    if (!file) return void desk.say("Nothing was saved: the server does not answer.", true);
    if (file.fault) return void desk.say(file.fault, true);
    desk.download(file);
    const part = title === "notebook" && desk.isFiltered() ? "Only the quotations that are shown are in it. " : "";
    desk.say(`Saved as ${file.name}. ${part}${file.said}`.trim(), true);
  }

  // The passage of a card with its highlights.
  function ofCard(card) {
    const spans = [...card.querySelectorAll(".pin")].map(desk.spanOf);
    const whole = spans.pop();
    // The question is the heading of the section.
    return { ...whole, question: "", marked: spans.map(({ start, end }) => [start, end]) };
  }

  function conversation() {
    const turns = [...document.querySelectorAll("#conversation .turn:not(.pending)")];
    return turns.map((turn) => {
      const reference = turn.querySelectorAll(".references .reference");
      const said = [...turn.querySelectorAll(".advice, .standing .verdict, .nearest, .fault")];
      const cards = [...turn.querySelectorAll(".card:has(.pin)")].map(ofCard);
      // In case its essay is removed from the library; of several references it is not known which is whose.
      if (reference.length === 1) for (const card of cards) card.reference = reference[0].textContent;
      return { heading: turn.querySelector(".asked")?.textContent || "", said: said.map((each) => each.textContent), pins: cards };
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-save]");
    const menu = document.querySelector(".menu[open]");
    if (menu && (button || !event.target.closest?.(".menu"))) menu.open = false;
    if (!button) return;
    if (button.closest(".menu")) {
      button.closest(".menu").querySelector("summary").focus();
      return void save("conversation", conversation(), button.dataset.save);
    }
    desk.keepNotes();
    save("notebook", desk.notebookSections(button.dataset.save), button.dataset.save);
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".menu[open]");
    if (!menu) return;
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})(window.desk);
