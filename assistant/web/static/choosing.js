/* Which essays are asked: one choice, shown in the part that asks and in the table of the library. */
((desk) => {
  "use strict";

  let chosen = null; // ids; none of them means all; null until it is known what there is to choose from

  const boxes = (where = "") => [...document.querySelectorAll(`${where} input.chosen`)];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const count = (number) => (number === 1 ? "1 essay" : `${number} essays`);

  // What the tab kept; of a new tab what the server preselects.
  function wanted(part) {
    if (chosen !== null) return chosen;
    const kept = desk.keptScope();
    return Array.isArray(kept) ? kept : (part.dataset.focus || "").split(" ").filter(Boolean);
  }

  // The server has told what there is to choose from.
  desk.scopeArrived = () => {
    const part = document.querySelector("#scope .scope");
    if (!part) return;
    const there = new Set(boxes("#scope").map((box) => box.value));
    const before = wanted(part);
    choose(before.filter((essay) => there.has(essay)));
    if (before.length && !chosen.length && there.size) {
      desk.say("The essays chosen for asking have left the library; all are asked now.", true);
    }
  };

  function choose(essays) {
    chosen = essays;
    desk.keepScope(essays);
    desk.drawChoice();
  }

  desk.drawChoice = () => {
    const some = new Set(chosen || []);
    for (const box of boxes()) box.checked = some.has(box.value);
    const total = boxes("#scope").length || boxes("#shelf").length;
    const all = !some.size || some.size === total;
    for (const button of document.querySelectorAll(".ask-all")) button.hidden = !some.size;
    const summary = document.querySelector("#scope summary");
    if (summary) summary.textContent = all ? `Asking all ${count(total)}` : `Asking ${some.size} of ${count(total)}${named(some)}`;
    const told = document.querySelector("#shelf .asked-what");
    if (told) told.textContent = inTable(total, some.size, all);
  };

  function named(some) {
    if (some.size !== 1) return "";
    const box = boxes("#scope").find((one) => some.has(one.value));
    return box ? `: ${box.parentElement.textContent.trim()}` : "";
  }

  function inTable(total, some, all) {
    if (total < 2) return "1 essay, which is asked.";
    if (!some) return `All ${count(total)} are asked; tick some to ask only those.`;
    return all ? `All ${count(total)} are asked.` : `${some} of ${count(total)} are asked.`;
  }

  // What a question is sent with: the choice in the place that is kept for it.
  desk.asking = (question, turns, _chosen, style) => [question, turns, JSON.stringify(chosen || []), style];

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("input.chosen")) return;
    const others = (chosen || []).filter((essay) => essay !== box.value);
    choose(box.checked ? [...others, box.value] : others);
    // A single one is there for reading too.
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
    // A click beside the list puts it away.
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
  });

  desk.filterEssays = (box) => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const parts = box.closest(".scope-list, .shelf").querySelectorAll("li:has(.chosen), tbody tr");
    for (const part of parts) {
      const text = plain(part.textContent);
      part.hidden = !words.every((word) => text.includes(word));
    }
  };
})(window.desk);
