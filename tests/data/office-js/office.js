/* What the add-in uses of Microsoft's office.js, on a document that is a list of paragraphs.

   It stands in for Word in tests, so it shows what the add-in asks Word to do, not what Word does. As in Word, what was not
   loaded and synchronised cannot be read. `window.draft` sets the document up, with notes as {^ ^} and words that tracked
   changes delete as {- -}; `window.word` shows what became of it. */
(() => {
  "use strict";

  const set = { paragraphs: [""], file: "", language: "en-GB", version: "1.5", settings: null, cursor: null, ...window.draft };
  const stored = new Map(set.settings ? [["essayAssistant", set.settings]] : []);
  const unread = [];
  let ids = 0;

  /* An object whose properties can be read after load() and sync(). */
  class Loaded {
    #read = new Map();
    constructor(readers) {
      for (const [name, reader] of Object.entries(readers)) {
        Object.defineProperty(this, name, {
          get: () => {
            if (!this.#read.has(name)) throw new Error(`${name} was not loaded`);
            return this.#read.get(name);
          },
        });
        Object.defineProperty(this, `read_${name}`, { value: () => this.#read.set(name, reader()) && this.#read.get(name) });
      }
    }
    load(paths) {
      unread.push(...paths.split(",").map((path) => [this, path.split("/")]));
    }
  }

  function read([object, [name, ...rest]]) {
    const value = object[`read_${name}`] ? object[`read_${name}`]() : object[name];
    if (rest.length) for (const inner of Array.isArray(value) ? value : [value]) read([inner, rest]);
  }

  const context = {
    async sync() {
      unread.splice(0).forEach(read);
    },
  };

  class Range {
    constructor(paragraph, first, last = first) {
      Object.assign(this, { paragraph, first, last });
    }
    get font() {
      const { first } = this;
      return { set italic(value) { first.italic = value; } };
    }
    #after(item) {
      const { items } = this.paragraph;
      items.splice(items.indexOf(this.last) + 1, 0, item);
      return new Range(this.paragraph, item);
    }
    insertText(text, where) {
      if (where !== "After") throw new Error(`insertText at ${where}`);
      return this.#after({ text, italic: null });
    }
    insertBreak(kind, where) {
      if (kind !== "Line" || where !== "After") throw new Error("insertBreak");
      this.#after({ text: "\n", italic: false });
    }
    insertFootnote() {
      const note = noteOf([]);
      note.reference = this.#after({ text: "", note });
      notes.push(note);
      return note;
    }
    insertComment(content) {
      return commentOn(this, content);
    }
    expandTo(other) {
      return new Range(this.paragraph, this.first, other.last);
    }
    compareLocationWith(other) {
      const place = (range) => paragraphs.indexOf(range.paragraph) * 1e6 + range.paragraph.items.indexOf(range.first);
      return { value: place(this) < place(other) ? "Before" : "After" };
    }
    select(where = "Select") {
      selected = { range: this, where, cursor: where === "End" ? this.#after({ text: "", italic: false }) : this };
    }
    plain() {
      const { items } = this.paragraph;
      return items.slice(items.indexOf(this.first), items.indexOf(this.last) + 1).map(({ text }) => text).join("");
    }
  }

  class Paragraph extends Loaded {
    constructor(text) {
      super({ text: () => this.plain() });
      this.items = [];
      for (const [number, piece] of text.split(/\{[-^](.*?[-^])\}/).entries()) {
        const words = number % 2 ? piece.slice(0, -1) : piece;
        if (piece.endsWith("^") && number % 2) {
          const item = { text: "" };
          this.items.push(item);
          const note = Object.assign(noteOf([{ text: words, italic: false }]), { reference: new Range(this, item) });
          item.note = note;
          notes.push(note);
        } else if (words) {
          this.items.push({ text: words, italic: false, deleted: number % 2 === 1 });
        }
      }
    }
    getReviewedText(version) {
      if (version !== "Current") throw new Error(`getReviewedText of ${version}`);
      return { value: this.items.filter(({ deleted }) => !deleted).map(({ text }) => text).join("") };
    }
    plain() {
      return this.items.map(({ text }) => text).join("");
    }
    getRange(where) {
      if (where === "Content") return new Range(this, this.items[0], this.items.at(-1));
      if (where !== "Start") throw new Error(`getRange at ${where}`);
      const anchor = { text: "", italic: false };
      this.items.unshift(anchor);
      return new Range(this, anchor);
    }
    insertParagraph(text, where) {
      if (where !== "After") throw new Error(`insertParagraph at ${where}`);
      const made = new Paragraph(text);
      paragraphs.splice(paragraphs.indexOf(this) + 1, 0, made);
      return made;
    }
    select(where) {
      this.getRange("Start").select(where);
    }
    search(words, { matchCase }) {
      if (!matchCase || words.length > 255) throw new Error("search");
      const code = words.replaceAll("^^", "^");
      return new Loaded({ items: () => found(this, code) });
    }
  }

  /* Divide the items of a paragraph at an offset. */
  function divided(paragraph, offset) {
    let start = 0;
    for (const [number, item] of paragraph.items.entries()) {
      const within = offset - start;
      if (within > 0 && within < item.text.length) {
        const rest = { ...item, text: item.text.slice(within) };
        item.text = item.text.slice(0, within);
        paragraph.items.splice(number + 1, 0, rest);
        return;
      }
      start += item.text.length;
    }
  }

  function found(paragraph, words) {
    const ranges = [];
    for (let at = paragraph.plain().indexOf(words); at >= 0; at = paragraph.plain().indexOf(words, at + words.length)) {
      divided(paragraph, at);
      divided(paragraph, at + words.length);
      const inside = [];
      let start = 0;
      for (const item of paragraph.items) {
        if (start >= at && start < at + words.length && item.text) inside.push(item);
        start += item.text.length;
      }
      ranges.push(new Range(paragraph, inside[0], inside.at(-1)));
    }
    return ranges;
  }

  function noteOf(runs) {
    const body = new Loaded({ text: () => runs.map(({ text }) => text).join("") });
    body.insertText = (text, where) => {
      if (where !== "End") throw new Error(`a note's insertText at ${where}`);
      const run = { text, italic: null };
      runs.push(run);
      return { font: { set italic(value) { run.italic = value; } } };
    };
    return { body, runs };
  }

  function commentOn(range, content, answered = false) {
    const id = `comment-${(ids += 1)}`;
    const comment = new Loaded({ id: () => id, content: () => content });
    comment.replies = new Loaded({ items: () => (answered ? [new Loaded({ id: () => `${id}-1` })] : []) });
    comment.delete = () => comments.splice(comments.indexOf(comment), 1);
    comment.getRange = () => range;
    comment.shown = () => ({ on: range.plain(), note: notes.findIndex(({ reference }) => reference === range) + 1, content });
    comments.push(comment);
    return comment;
  }

  const notes = [];
  const comments = [];
  const paragraphs = set.paragraphs.map((text) => new Paragraph(text));
  for (const { on, content, answered } of set.comments ?? []) commentOn(new Range(paragraphs[on], paragraphs[on].items[0]), content, answered);

  let selected = null;
  const cursor = () => {
    const paragraph = paragraphs[set.cursor ?? paragraphs.length - 1];
    const anchor = { text: "", italic: false };
    paragraph.items.push(anchor);
    return new Range(paragraph, anchor);
  };

  context.document = {
    getSelection() {
      const range = selected?.cursor ?? cursor();
      return Object.assign(range, {
        getOoxml: () => ({
          value: `<pkg xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/><w:rPrDefault><w:lang w:val="${set.language}"/></w:rPrDefault></pkg>`,
        }),
        getRange: () => range,
        paragraphs: { getLast: () => range.paragraph },
      });
    },
    body: {
      paragraphs: new Loaded({ items: () => [...paragraphs] }),
      footnotes: new Loaded({ items: () => [...notes] }),
      endnotes: new Loaded({ items: () => [] }),
      search: (words) => new Loaded({ items: () => paragraphs.flatMap((paragraph) => found(paragraph, words)) }),
      getComments: () => new Loaded({ items: () => [...comments] }),
    },
  };

  const settled = (value) => ({ status: "succeeded", value });
  window.Office = {
    onReady: async () => ({ host: set.host ?? "Word", platform: "PC" }),
    context: {
      requirements: { isSetSupported: (name, version) => name === "WordApi" && Number(version) <= Number(set.version) },
      officeTheme: set.theme,
      document: {
        settings: {
          get: (name) => stored.get(name) ?? null,
          set: (name, value) => stored.set(name, value),
          saveAsync: (done) => done(settled()),
        },
        getFileAsync(kind, { sliceSize }, done) {
          const bytes = [...atob(set.file)].map((letter) => letter.charCodeAt(0));
          const size = Math.min(sliceSize, 4000);
          window.word.open += 1;
          done(settled({
            sliceCount: Math.ceil(bytes.length / size),
            getSliceAsync: (number, taken) => taken(settled({ data: bytes.slice(number * size, (number + 1) * size) })),
            closeAsync: () => (window.word.open -= 1),
          }));
        },
      },
    },
  };
  window.Word = { run: async (work) => { const value = await work(context); await context.sync(); return value; } };

  const runs = (items) => items.filter(({ text }) => text).map(({ text, italic }) => [text, italic]);
  window.word = {
    open: 0,
    paragraphs: () => paragraphs.map((paragraph) => paragraph.items.map(({ text, note }) => (note ? `[${notes.indexOf(note) + 1}]` : text)).join("")),
    runs: (number) => runs(paragraphs[number].items),
    looks: (number) => { const { styleBuiltIn, leftIndent, firstLineIndent } = paragraphs[number]; return { styleBuiltIn, leftIndent, firstLineIndent }; },
    notes: () => notes.map((note) => runs(note.runs)),
    comments: () => comments.map((comment) => comment.shown()),
    settings: () => stored.get("essayAssistant"),
    selected: () => selected && { paragraph: paragraphs.indexOf(selected.range.paragraph), on: selected.range.plain(), where: selected.where },
  };
})();
