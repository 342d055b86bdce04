/* Check the document's quotations: comments in the margin, and the same as a list. */
(() => {
  "use strict";

  const { element, make } = addin;

  /* The server names notes by what the file calls them, which is not the number that a reader sees. */
  addin.kindOf = ({ kind, place }) => `${kind}${place.startsWith("¶") ? "" : ", in a note"}`;

  addin.check = async () => {
    const report = await addin.checkFile(await addin.file(), addin.chosen());
    const ids = await addin.comment(report.faults, report.paragraphs);
    const problems = report.faults.length;
    const counted = `${addin.counted(report.quotations, "quotation")}, ${report.exact} as printed, ${report.not_checked} not checkable`;
    element("checked").textContent = `${counted}; ${problems || "no"} ${problems === 1 ? "problem" : "problems"}.`;
    element("problems").replaceChildren(...report.faults.map((problem, number) => item(problem, ids[number])));
    const lost = ids.filter((id) => !id).length;
    return lost ? `${lost} of the problems are only listed here: their place in Word was not found.` : "Checked.";
  };

  addin.clear = async () => {
    const removed = await addin.clearComments();
    element("checked").textContent = "";
    element("problems").replaceChildren();
    return `${addin.counted(removed, "comment")} removed.`;
  };

  function item(problem, id) {
    const { message, fix } = problem;
    const children = [make("p", { className: "kind", textContent: addin.kindOf(problem) }), make("p", { textContent: message })];
    if (fix) children.push(make("p", { className: "fix", textContent: `Correction: ${fix}` }));
    if (id) {
      const show = make("button", { type: "button", textContent: "Show in the document" });
      show.addEventListener("click", () => addin.during(show, "", () => addin.showComment(id)));
      children.push(show);
    }
    return make("li", {}, ...children);
  }
})();
