/* On a narrow screen one column is shown, the answer or the essay; the question box stays below both. */
((desk) => {
  "use strict";

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
    if (view === "essay") desk.drawRuler?.();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".views button");
    if (!button) return;
    if (button.id !== "show-options") return void desk.showView(button.dataset.view);
    const shown = frame().toggleAttribute("data-options");
    button.setAttribute("aria-expanded", String(shown));
  });
})(window.desk);
