/* The document that is open in Word: what is inserted, its file, its comments. Only this file calls Word. */
(() => {
  "use strict";

  const W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  const MARK = "Essay Assistant: "; // begins its comments, by which it knows them again
  const SETTINGS = "essayAssistant";
  const SLICE = 1 << 20; // bytes of the file that Word hands over at once
  const INDENT = 36; // points, half an inch, of a block quotation
  const LONGEST = 120; // letters that are searched for as they are; Word takes 255, and signs count double
  const ENOUGH = 20; // letters by which words are known again where their paragraph is not
  const ENDS = 5; // words at either end that are searched for where there are more

  const has = (version) => Office.context.requirements.isSetSupported("WordApi", version);
  const plain = (runs) => runs.map((run) => run.text).join("");

  /* Settings that the document remembers. */
  addin.settings = () => Office.context.document.settings.get(SETTINGS) ?? {};

  addin.saveSettings = (settings) => {
    Office.context.document.settings.set(SETTINGS, settings);
    return new Promise((resolve) => Office.context.document.settings.saveAsync(resolve));
  };

  /* The language at the cursor, such as de-DE; empty if the document does not say. */
  addin.language = () =>
    Word.run(async (context) => {
      const xml = context.document.getSelection().getOoxml();
      await context.sync();
      const parts = new DOMParser().parseFromString(xml.value, "application/xml");
      const places = ["body", "rPrDefault"].flatMap((name) => [...parts.getElementsByTagNameNS(W, name)]);
      const stated = places.flatMap((place) => [...place.getElementsByTagNameNS(W, "lang")]);
      return stated.map((lang) => lang.getAttributeNS(W, "val")).find(Boolean) ?? "";
    });

  // Quotations --------------------------------------------------------------------------------------

  /* Insert a quotation after the selection; returns what was left undone, as a sentence. */
  addin.insert = (quotation) =>
    Word.run(async (context) => {
      const selection = context.document.getSelection();
      const asNote = quotation.note && has("1.5");
      const isKnown = asNote && quotation.again && (await isCitedBefore(context, selection, quotation.citation));
      const citation = isKnown ? quotation.again : quotation.citation;
      const block = quotation.block ? blockAfter(selection) : null;
      const anchor = block ? block.getRange("Start") : selection.getRange("End");
      const ranges = write(anchor, asNote ? quotation.words : withCitation(quotation, citation));
      let last = ranges.at(-1);
      if (asNote) {
        const note = last.insertFootnote();
        for (const run of citation) note.body.insertText(run.text, "End").font.italic = run.italic;
        last = note.reference;
      }
      if (block) {
        const next = block.insertParagraph("", "After");
        next.leftIndent = 0;
        next.select("Start");
      } else {
        last.select("End");
      }
      await context.sync();
      return quotation.note && !asNote ? "This Word makes no footnotes for add-ins; the note is in brackets." : "";
    });

  function withCitation({ words, note, stop }, citation) {
    const upright = (text) => ({ text, italic: false });
    if (!citation.length) return [...words, upright(stop)];
    const around = note ? [" (", ")"] : [" ", stop];
    return [...words, upright(around[0]), ...citation, upright(around[1])];
  }

  function blockAfter(selection) {
    const paragraph = selection.paragraphs.getLast().insertParagraph("", "After");
    paragraph.styleBuiltIn = "Normal";
    paragraph.leftIndent = INDENT;
    paragraph.firstLineIndent = 0;
    return paragraph;
  }

  /* Write runs after a place, the last one first: what is inserted after it comes before what was. */
  function write(anchor, runs) {
    const ranges = [];
    for (const run of [...runs].reverse()) {
      const lines = run.text.split("\n");
      for (const [number, line] of [...lines.entries()].reverse()) {
        if (line) {
          const range = anchor.insertText(line, "After");
          range.font.italic = run.italic;
          ranges.unshift(range);
        }
        if (number) anchor.insertBreak("Line", "After");
      }
    }
    return ranges;
  }

  /* Whether a footnote before the selection cites the same work in full: the citation up to its page. */
  async function isCitedBefore(context, selection, citation) {
    const work = plain(citation).replace(/[^\p{L})\]”"’]+$/u, "");
    const notes = context.document.body.footnotes;
    notes.load("items/body/text");
    await context.sync();
    const citing = notes.items.filter((note) => note.body.text.includes(work));
    const places = citing.map((note) => note.reference.compareLocationWith(selection));
    await context.sync();
    return places.some((place) => ["Before", "AdjacentBefore"].includes(place.value));
  }

  // The file ----------------------------------------------------------------------------------------

  const promised = (call) =>
    new Promise((resolve, reject) => call((result) => (result.status === "succeeded" ? resolve(result.value) : reject(result.error))));

  /* The document as the bytes of a .docx file, with changes that are not saved yet. */
  addin.file = async () => {
    const file = await promised((done) => Office.context.document.getFileAsync("compressed", { sliceSize: SLICE }, done));
    try {
      const slices = [];
      for (let number = 0; number < file.sliceCount; number += 1) {
        const slice = await promised((done) => file.getSliceAsync(number, done));
        slices.push(new Uint8Array(slice.data));
      }
      return new Blob(slices);
    } finally {
      // Word keeps no more than two open.
      file.closeAsync();
    }
  };

  // Comments ----------------------------------------------------------------------------------------

  /* Put a comment at each problem, in place of earlier ones; returns their ids, null where there is no place. */
  addin.comment = (problems, paragraphs) =>
    Word.run(async (context) => {
      await removeComments(context);
      const places = await placesOf(context, paragraphs);
      const ranges = await rangesOf(context, problems, places, paragraphs);
      const comments = ranges.map((range, number) => range && range.insertComment(textOf(problems[number])));
      for (const comment of comments) comment?.load("id");
      await context.sync();
      return comments.map((comment) => comment && comment.id);
    });

  addin.clearComments = () => Word.run(removeComments);

  addin.showComment = (id) =>
    Word.run(async (context) => {
      const comments = context.document.body.getComments();
      comments.load("items/id");
      await context.sync();
      const comment = comments.items.find((each) => each.id === id);
      if (!comment) throw new addin.Refusal("The comment is no longer there; check once more.");
      comment.getRange().select();
      await context.sync();
    });

  const textOf = (problem) =>
    `${MARK}${addin.kindOf(problem)}. ${problem.message}${problem.fix ? ` — Correction: ${problem.fix}` : ""}`;

  /* Remove its comments, but for those that somebody has answered; returns how many. */
  async function removeComments(context) {
    const comments = context.document.body.getComments();
    comments.load("items/content,items/replies/items/id");
    await context.sync();
    const own = comments.items.filter(({ content, replies }) => content.startsWith(MARK) && !replies.items.length);
    for (const comment of own) comment.delete();
    await context.sync();
    return own.length;
  }

  const letters = (text) => text.replace(/[^\p{L}]+/gu, "");

  /* For each paragraph that the server read, the one in Word with the same letters, or the note. */
  async function placesOf(context, paragraphs) {
    const { body } = context.document;
    const inText = body.paragraphs;
    inText.load("items/text");
    const notes = has("1.5") ? [body.footnotes, body.endnotes] : [];
    for (const kind of notes) kind.load("items/body/text");
    await context.sync();
    const offers = inText.items.map((paragraph) => ({ text: paragraph.text, paragraph }));
    for (const note of notes.flatMap(({ items }) => items)) {
      // A note of several paragraphs has them in one text.
      offers.push(...note.body.text.split(/[\r\n]+/).map((text) => ({ text, note })));
    }
    const places = matched(paragraphs, offers);
    const missing = [...places.keys()].filter((number) => !places[number]);
    const left = offers.filter((offer) => offer.paragraph && !places.includes(offer));
    // Word's text has the words that tracked changes delete, and the server reads none of them.
    const current = missing.length ? left.map(({ paragraph }) => paragraph.getReviewedText("Current")) : [];
    await context.sync();
    const rest = left.map((offer, number) => ({ ...offer, text: current[number]?.value ?? "" }));
    const found = matched(missing.map((number) => paragraphs[number]), rest);
    missing.forEach((number, order) => (places[number] = found[order]));
    return places;
  }

  /* For each text the first offer with the same letters that is not taken, or null. */
  function matched(texts, offers) {
    const waiting = new Map();
    for (const offer of offers) {
      const key = letters(offer.text);
      if (!waiting.has(key)) waiting.set(key, []);
      waiting.get(key).push(offer);
    }
    return texts.map((text) => waiting.get(letters(text))?.shift() ?? null);
  }

  /* The range of each problem: its words; the call of its note; or else its paragraph; null if there is none. */
  async function rangesOf(context, problems, places, paragraphs) {
    const sought = problems.map(({ line, column, start, end }) => {
      const place = places[line - 1];
      // A page number alone is anywhere.
      if (place?.note || (!place && end - start < ENOUGH)) return { place, found: [] };
      const text = paragraphs[line - 1];
      const [first, last] = [column - 1, column - 1 + end - start].map((count) => addin.part(text, 0, count).length);
      const ends = endsOf(text, first, last);
      const scope = place?.paragraph ?? context.document.body;
      return { place, found: ends.map(({ words, before }) => ({ results: searched(scope, words), before: place ? before : 0 })) };
    });
    await context.sync();
    return sought.map(({ place, found }) => {
      if (place?.note) return place.note.reference;
      const [first, last] = found.map(({ results, before }) => results.items[before]);
      if (first) return last ? first.expandTo(last) : first;
      return place?.paragraph.getRange("Content") ?? null;
    });
  }

  /* The words to search for, and how often they occur before: all of them, or the first and the last few. */
  function endsOf(text, start, end) {
    const all = text.slice(start, end);
    const words = all.replace(/^[\s"“”„«»‘’']+|[\s"“”„«»‘’']+$/g, "");
    const at = start + all.indexOf(words);
    if (!words) return [];
    const counted = (part, from) => ({ words: part, before: text.slice(0, from).split(part).length - 1 });
    if (words.length <= LONGEST) return [counted(words, at)];
    const pieces = words.match(/\S+/g);
    const [head, tail] = [pieces.slice(0, ENDS).join(" "), pieces.slice(-ENDS).join(" ")].map((part) => part.slice(0, LONGEST));
    return [counted(head, at), counted(tail, at + words.lastIndexOf(tail))];
  }

  function searched(scope, words) {
    // Word takes ^ for the beginning of a code.
    const results = scope.search(words.replaceAll("^", "^^"), { matchCase: true });
    results.load("items");
    return results;
  }
})();
