/* Which essays and passages are asked, by what is known of them: author, year, collection, tag, kind, section. Each
   filter is a chip under the question's choosers; a press takes it away. */
((desk) => {
  "use strict";

  const NAMES = { authors: "Author", years: "Year", collections: "Collection", tags: "Tag", sections: "Section", kinds: "Kind" };
  const KINDS = { paragraph: "paragraphs", blockquote: "block quotations", note: "notes", list: "lists", verse: "verse" };
  const MOST = 20;

  let filters = {}; // lists of values by the name of the field

  const part = () => document.querySelector("#scope .scope-part");
  const said = (field, value) => `${NAMES[field]}: ${field === "kinds" ? KINDS[value] || value : value}`;

  // What is sent with a question.
  desk.filters = () => filters;
  desk.isAskFiltered = () => Object.keys(filters).length > 0;

  function values() {
    return Object.entries(filters).flatMap(([field, list]) => list.map((value) => [field, value]));
  }

  function change(next) {
    filters = Object.fromEntries(Object.entries(next).filter(([field, list]) => field in NAMES && Array.isArray(list) && list.length));
    desk.keepFilters(filters);
    desk.drawFilters();
    desk.drawChoice();
  }

  desk.drawFilters = () => {
    const list = part()?.querySelector(".chips");
    if (!list) return;
    list.replaceChildren(
      ...values().map(([field, value]) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "chip";
        chip.dataset.field = field;
        chip.dataset.value = value;
        chip.textContent = said(field, value);
        chip.setAttribute("aria-label", `Take away the filter ${said(field, value)}`);
        return chip;
      }),
    );
    list.hidden = !values().length;
  };

  // The server has drawn the choosers.
  desk.filtersArrived = () => {
    if (!part()) return;
    if (!Object.keys(filters).length) filters = desk.storedFilters() || {};
    change(filters);
    offer();
  };

  // The values that are known, for the field that is chosen.
  function offer() {
    const form = part()?.querySelector(".filter-form");
    if (!form) return;
    const field = form.querySelector("select").value;
    const known = JSON.parse(form.dataset.known || "{}")[field] || [];
    form.querySelector("datalist").replaceChildren(
      ...known.map((value) => {
        const option = document.createElement("option");
        option.value = value;
        if (field === "kinds") option.label = KINDS[value];
        return option;
      }),
    );
    form.querySelector("input").placeholder = field === "years" ? "2014 or 2010-2014" : `${NAMES[field]}…`;
  }

  function add(form) {
    const field = form.querySelector("select").value;
    const box = form.querySelector("input");
    let value = box.value.trim();
    if (field === "kinds") value = Object.keys(KINDS).find((kind) => kind === value || KINDS[kind] === value.toLowerCase()) || "";
    if (!value || values().length >= MOST) return;
    box.value = "";
    if ((filters[field] || []).includes(value)) return;
    change({ ...filters, [field]: [...(filters[field] || []), value] });
    desk.say(`Only ${said(field, value)} is asked.`);
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".filter-form select")) offer();
  });

  document.addEventListener("click", (event) => {
    const form = event.target.closest?.(".filter-form");
    if (form && event.target.matches("button")) add(form);
    const chip = event.target.closest?.(".chips .chip");
    if (!chip) return;
    const { field, value } = chip.dataset;
    change({ ...filters, [field]: (filters[field] || []).filter((each) => each !== value) });
    (part().querySelector(".chips .chip") || part().querySelector("summary")).focus();
    desk.say(`The filter ${said(field, value)} is taken away.`);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".filter-form");
    if (!form || event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    add(form);
  });
})(window.desk);
