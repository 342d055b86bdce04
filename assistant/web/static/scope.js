/* Which essays are asked: one choice, shown above the question and in the table of the library. */
((desk) => {
  "use strict";

  const REST_MS = 250;
  let chosen = null; // ids; an empty list means all; null until the essays are known
  let lookUp = null; // has the server find essays by words
  let resting = 0;

  const boxes = (where = "") => [...document.querySelectorAll(`${where} input.chosen`)];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const inDigits = (number) => number.toLocaleString("en");
  const count = (number) => (number === 1 ? "1 essay" : `${inDigits(number)} essays`);

  // The choice stored in the tab; in a new tab, the preselection of the server.
  function earlierChoice(part) {
    if (chosen !== null) return chosen;
    const stored = desk.storedScope();
    return Array.isArray(stored) ? stored : (part.dataset.focus || "").split(" ").filter(Boolean);
  }

  // The server has listed the essays.
  desk.scopeArrived = () => {
    const part = document.querySelector("#scope .scope");
    desk.forgetIndexes();
    desk.offerComparing(boxes("#scope").length);
    if (!part) return;
    const before = earlierChoice(part);
    choose(before.filter(isThere()));
    if (before.length && !chosen.length && boxes("#scope").length) {
      desk.say("The chosen essays have been removed from the library; now all are asked.", true);
    }
  };

  // Whether an essay is in the library; where not all are listed, the server knows.
  function isThere() {
    const there = new Set(boxes("#scope").map((box) => box.value));
    return (essay) => there.has(essay) || Boolean(document.querySelector("#scope .beyond-list"));
  }

  function choose(essays) {
    chosen = essays;
    desk.keepScope(essays);
    desk.drawChoice();
  }

  desk.drawChoice = () => {
    const some = new Set(chosen || []);
    for (const box of boxes()) box.checked = some.has(box.value);
    // Of very many essays not all are listed.
    const listed = Number(document.querySelector("#scope .scope")?.dataset.total);
    const total = listed || boxes("#scope").length || boxes("#shelf").length;
    const all = !some.size || some.size === total;
    for (const button of document.querySelectorAll(".ask-all")) button.hidden = !some.size;
    const summary = document.querySelector("#scope summary");
    const filtered = desk.isAskFiltered() ? ", filtered" : "";
    if (summary) summary.textContent = (all ? `Asking all ${count(total)}` : `Asking ${inDigits(some.size)} of ${count(total)}${named(some)}`) + filtered;
    const sentence = document.querySelector("#shelf .asked-what");
    if (sentence) sentence.textContent = inTable(total, some.size, all);
  };

  function named(some) {
    if (some.size !== 1) return "";
    const box = boxes("#scope").find((each) => some.has(each.value));
    return box ? `: ${box.parentElement.textContent.trim()}` : "";
  }

  function inTable(total, some, all) {
    if (total < 2) return "1 essay, which is asked.";
    if (!some) return `All ${count(total)} are asked; tick some to ask only those.`;
    return all ? `All ${count(total)} are asked.` : `${inDigits(some)} of ${count(total)} are asked.`;
  }

  // Ids of the essays to ask; none means all.
  desk.chosenEssays = () => chosen || [];

  // Ask those of some essays that are in the library.
  desk.chooseEssays = (essays) => choose(essays.filter(isThere()));

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("input.chosen")) return;
    const others = (chosen || []).filter((essay) => essay !== box.value);
    choose(box.checked ? [...others, box.value] : others);
    // A single essay is also opened for reading.
    if (chosen.length === 1 && box.closest("#scope")) desk.openEssay(chosen[0]);
    if (box.closest("#shelf")) desk.say(document.querySelector("#shelf .asked-what").textContent);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ask-all");
    if (button) {
      const part = button.closest(".scope-list, .shelf");
      choose([]);
      part.querySelector("input.chosen")?.focus();
      desk.say("All essays are asked.");
    }
    // A click outside the list closes it.
    const open = document.querySelector("#scope details[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  document.addEventListener("keydown", (event) => {
    const open = event.target.closest?.("#scope details[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("input.filter")) return;
    desk.filterEssays(event.target);
    clearTimeout(resting);
    resting = setTimeout(findOthers, REST_MS, event.target);
  });

  desk.findEssaysWith = (find) => (lookUp = find);

  // Of very many essays not all are listed; the server finds the others.
  async function findOthers(box) {
    const words = box.value.trim();
    const part = box.closest(".scope-list, .shelf");
    if (!lookUp || !part.querySelector(".beyond-list")) return;
    const found = words ? await lookUp(words).catch(() => null) : { rows: "", choices: "" };
    if (!found || !part.isConnected || box.value.trim() !== words) return;
    for (const each of part.querySelectorAll(".found:not(:has(:checked))")) each.remove();
    const there = new Set([...part.querySelectorAll("input.chosen")].map((each) => each.value));
    const template = document.createElement("template");
    template.innerHTML = part.matches(".shelf") ? found.rows : found.choices;
    const others = [...template.content.children].filter((each) => !there.has(each.querySelector(".chosen").value));
    for (const each of others) each.classList.add("found");
    part.querySelector("tbody, ul").append(...others);
    desk.drawChoice();
    desk.filterEssays(box);
    if (part.matches(".shelf")) desk.sortShelf();
  }

  desk.filterEssays = (box) => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const parts = box.closest(".scope-list, .shelf").querySelectorAll("li:has(.chosen), tbody tr");
    for (const part of parts) {
      const text = plain(part.textContent);
      part.hidden = !words.every((word) => text.includes(word));
    }
    if (box.closest(".shelf")) desk.limitRows();
  };
})(window.desk);
