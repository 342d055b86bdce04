/* On a narrow screen one column is shown, the answer or the essay; the question box stays below both. */
((desk) => {
  "use strict";

  const LONGEST_WAIT_MS = 20_000;

  const frame = () => document.getElementById("desk");

  desk.isNarrow = () => Boolean(document.querySelector(".views")?.offsetParent);
  desk.view = () => (frame()?.dataset.view === "essay" ? "essay" : "answer");

  // Show one of the two columns; on a wide screen both are shown anyway.
  desk.showView = (view) => {
    if (!frame()) return;
    frame().dataset.view = view;
    for (const button of document.querySelectorAll("[data-view][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    if (view !== "essay") return;
    desk.drawRuler();
    desk.placeChanged();
    desk.followOn();
  };

  // The frame that was shown first goes as soon as there is something to see, and never stays over a fault.
  setTimeout(() => document.getElementById("skeleton")?.remove(), LONGEST_WAIT_MS);

  // A question is asked as if it had been typed.
  function ask(question) {
    const box = document.querySelector("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    // The button that was pressed goes; who asked by key goes on in the box.
    box.focus({ preventScroll: true });
    requestAnimationFrame(() => document.querySelector("#ask").click());
  }

  document.addEventListener("click", (event) => {
    const example = event.target.closest?.(".ask-this");
    if (example) return void ask(example.textContent);
    const essay = event.target.closest?.("[data-open-essay]");
    if (essay) return void desk.openWhole(essay.dataset.openEssay);
    const button = event.target.closest?.(".views button");
    if (!button) return;
    if (button.id !== "show-options") return void desk.showView(button.dataset.view);
    const shown = frame().toggleAttribute("data-options");
    button.setAttribute("aria-expanded", String(shown));
  });
})(window.desk);
