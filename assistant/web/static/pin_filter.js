/* Which pins are shown: those with all the chosen tags and all the words that are typed. */
((desk) => {
  "use strict";

  const REST_MS = 120;
  let chosen = []; // tags, in lower case
  let waiting = 0;

  const box = () => document.getElementById("pin-filter");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const folded = (tag) => tag.toLowerCase();
  const words = () => plain(box()?.value || "").split(/\s+/).filter(Boolean);

  desk.isFiltered = () => chosen.length > 0 || words().length > 0;

  desk.pinsShown = (pins) => {
    const wanted = words();
    if (!chosen.length && !wanted.length) return pins;
    return pins.filter((pin) => {
      const tags = pin.tags.map(folded);
      const text = plain([pin.words, pin.note, pin.title, pin.citation, pin.question, ...pin.tags].join(" "));
      return chosen.every((tag) => tags.includes(tag)) && wanted.every((word) => text.includes(word));
    });
  };

  // The tags of the pins, in the order in which they first occur, with how many pins have each.
  function counted(pins) {
    const tags = new Map();
    for (const tag of pins.flatMap((pin) => pin.tags)) {
      const known = tags.get(folded(tag));
      tags.set(folded(tag), { name: known?.name || tag, count: (known?.count || 0) + 1 });
    }
    return tags;
  }

  desk.drawFilter = (pins, shown) => {
    const tags = counted(pins);
    chosen = chosen.filter((tag) => tags.has(tag));
    const holder = document.getElementById("pin-tags");
    // A button that stays is not replaced: it may be the one that is being pressed.
    const there = new Map([...holder.children].map((button) => [button.dataset.tag, button]));
    for (const [tag, button] of there) if (!tags.has(tag)) button.remove();
    for (const [place, [tag, { name, count }]] of [...tags].entries()) {
      const button = there.get(tag) || document.createElement("button");
      button.type = "button";
      button.dataset.tag = tag;
      if (button.textContent !== `${name} ${count}`) button.textContent = `${name} ${count}`;
      button.setAttribute("aria-pressed", String(chosen.includes(tag)));
      if (holder.children[place] !== button) holder.insertBefore(button, holder.children[place] || null);
    }
    document.getElementById("known-tags").replaceChildren(
      ...[...tags.values()].map(({ name }) => Object.assign(document.createElement("option"), { value: name })),
    );
    document.querySelector(".notebook .none-shown").hidden = !pins.length || shown > 0;
  };

  // What is saved: in the order shown; as an outline, by tag, each pin under each of its tags.
  desk.notebookSections = (form) => {
    const pins = desk.pinsShown(desk.pins());
    if (form !== "outline") return [{ pins }];
    const sections = [...counted(pins)].map(([tag, { name }]) => {
      return { heading: name, pins: pins.filter((pin) => pin.tags.map(folded).includes(tag)) };
    });
    const others = pins.filter((pin) => !pin.tags.length);
    return others.length ? [...sections, { pins: others }] : sections;
  };

  function changed() {
    desk.drawPins();
    const all = desk.pins();
    desk.say(desk.isFiltered() ? `${desk.pinsShown(all).length} of ${all.length} quotations shown.` : "All quotations shown.");
  }

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    clearTimeout(waiting);
    waiting = setTimeout(changed, REST_MS);
  });
  document.addEventListener("click", (event) => {
    const tag = event.target.closest?.("#pin-tags button")?.dataset.tag;
    if (tag === undefined) return;
    chosen = chosen.includes(tag) ? chosen.filter((each) => each !== tag) : [...chosen, tag];
    changed();
  });
})(window.desk);
