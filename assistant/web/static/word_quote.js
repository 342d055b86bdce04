/* Insert a quotation: ask, choose sentences of a passage, insert them. */
(() => {
  "use strict";

  const { element, make } = addin;
  const MOST = 5;
  const VERDICTS = {
    answers: "These passages answer, best first.",
    near: "No passage says this outright; these come nearest.",
    none: "The essays do not seem to answer this. The nearest passages:",
  };

  addin.find = async () => {
    const { style, essays } = addin.chosen();
    const fields = { question: element("question").value, top: MOST, style, ...(essays.length && { essays }) };
    const answer = await addin.call("ask", fields);
    element("verdict").textContent = answer.note || VERDICTS[answer.verdict];
    element("passages").replaceChildren(...answer.passages.map(card));
    return `${addin.counted(answer.passages.length, "passage")} found.`;
  };

  function card(passage) {
    const title = `${passage.citation}${passage.section ? ` · ${passage.section}` : ""}`;
    const [best] = passage.highlights;
    const whole = { start: 0, end: [...passage.text].length };
    const insert = make("button", { type: "button", className: "primary", textContent: best ? "Insert the marked words" : "Insert the passage" });
    const choice = make("details", {}, make("summary", { textContent: "Choose sentences" }));
    let span = best ?? whole;
    let shown = words(passage, best);
    choice.addEventListener("toggle", () => choice.open && choice.children.length === 1 && addin.attempt(async () => {
      const { sentences } = await addin.call("insert", { passage: passage.id, style: addin.chosen().style });
      choice.append(sentenceList(sentences, span, (chosen) => {
        span = chosen;
        const marked = words(passage, chosen);
        shown.replaceWith(marked);
        shown = marked;
        insert.disabled = !chosen;
        insert.textContent = "Insert the chosen sentences";
      }));
    }));
    insert.addEventListener("click", () => addin.during(insert, "Inserting…", () => insertWords(passage, span)));
    return make("article", { className: "passage" }, make("h3", { textContent: title }), shown, choice, insert);
  }

  function words({ text }, best) {
    if (!best) return make("blockquote", { textContent: text, tabIndex: 0 });
    const mark = make("mark", { textContent: addin.part(text, best.start, best.end) });
    return make("blockquote", { tabIndex: 0 }, addin.part(text, 0, best.start), mark, addin.part(text, best.end));
  }

  /* Sentences with a box each; those chosen follow each other, for a quotation leaves nothing out unmarked. */
  function sentenceList(sentences, span, choose) {
    const boxes = sentences.map(({ start, end }) => make("input", { type: "checkbox", checked: start < span.end && end > span.start }));
    const labels = sentences.map(({ text }, number) => make("label", {}, boxes[number], make("span", { textContent: text })));
    const list = make("div", { className: "sentences" }, ...labels);
    list.addEventListener("change", ({ target }) => {
      const changed = boxes.indexOf(target);
      const on = boxes.flatMap((box, number) => (box.checked ? [number] : []));
      const first = on[0];
      const last = target.checked ? on.at(-1) : first < changed ? changed - 1 : on.at(-1);
      boxes.forEach((box, number) => (box.checked = first <= number && number <= last));
      choose(on.length ? { start: sentences[first].start, end: sentences[last].end } : null);
    });
    return list;
  }

  async function insertWords(passage, { start, end }) {
    const { style, language } = addin.chosen();
    const tongue = language || (await addin.language());
    const quotation = await addin.call("insert", { passage: passage.id, start, end, style, ...(tongue && { language: tongue }) });
    const cited = quotation.citation.map(({ text }) => text).join("");
    return (await addin.insert(quotation)) || `Inserted, cited ${cited}${cited.endsWith(".") ? "" : "."}`;
  }
})();
