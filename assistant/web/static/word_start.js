/* Start the pane once Word is there; outside Word it says how to be opened. */
(() => {
  "use strict";

  const { element, make } = addin;

  /* The writer's choices: style, language of quotation marks, essays. */
  addin.chosen = () => ({
    style: element("style").value,
    language: element("language").value,
    essays: [...element("essays").querySelectorAll(":checked")].map((box) => box.value),
  });

  async function fillSettings() {
    const [{ styles }, essays] = await Promise.all([addin.call("styles", {}), addin.call("list", {})]);
    const known = addin.settings();
    element("style").replaceChildren(...styles.map(({ name, title }) => new Option(title, name)));
    if (styles.some(({ name }) => name === known.style)) element("style").value = known.style;
    element("language").value = known.language ?? "";
    const labels = essays.filter(({ damaged }) => !damaged).map(({ id, title }) => {
      const box = make("input", { type: "checkbox", value: id, checked: known.essays?.includes(id) ?? false });
      return make("label", {}, box, make("span", { textContent: title }));
    });
    element("essays").append(...labels);
    element("essays").hidden = labels.length < 2;
  }

  function listen() {
    addin.listenToTabs();
    const find = element("ask").querySelector("button");
    element("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      void addin.during(find, "Looking…", addin.find);
    });
    element("question").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      element("ask").requestSubmit();
    });
    for (const [id, doing, work] of [["check-now", "Checking…", () => addin.check()], ["clear-comments", "", () => addin.clear()]]) {
      element(id).addEventListener("click", () => addin.during(element(id), doing, work));
    }
    element("settings").addEventListener("change", () => addin.attempt(() => addin.saveSettings(addin.chosen())));
  }

  function colour() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const theme = window.Office?.context?.officeTheme;
    const set = () => document.documentElement.classList.toggle("dark", theme?.isDarkTheme ?? dark.matches);
    dark.addEventListener("change", set);
    set();
  }

  async function start() {
    const host = window.Office ? (await Office.onReady()).host : null;
    colour();
    if (host !== "Word") {
      element("outside").hidden = false;
      return;
    }
    listen();
    await addin.attempt(async () => {
      await fillSettings();
      element("parts").hidden = false;
    });
  }

  void start();
})();
