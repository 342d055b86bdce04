// What citeproc-js writes of records in the official styles: node csl_oracle.js STYLES LOCALES < records > citations
// Run by csl_oracle.py. Needs the npm package citeproc.
"use strict";
const fs = require("fs");
const CSL = require("citeproc");

const FILES = {
  mla: "modern-language-association",
  chicago: "chicago-author-date",
  "chicago-notes": "chicago-notes-bibliography",
  apa: "apa",
  harvard: "harvard-cite-them-right",
  ieee: "ieee",
};
const [styles, locales] = process.argv.slice(2);
const works = JSON.parse(fs.readFileSync(0, "utf8"));

// Only italics are marked in what is written.
function marked(text) {
  return text
    .replace(/(<div class="csl-left-margin">.*?)<\/div>/, "$1 ")
    .replace(/<span style="font-style:normal;">(.*?)<\/span>/g, "*$1*")
    .replace(/<\/?(?:div|span|b|sup|sub)[^>]*>/g, "")
    .replace(/<i>|<\/i>/g, "*")
    .replace(/&#60;/g, "<").replace(/&#62;/g, ">").replace(/&#38;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&")
    .replace(/\*\*/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function citationsOf(xml, language) {
  const items = Object.fromEntries(works.map(([record]) => [record.id, record]));
  const system = {
    retrieveLocale: (name) => fs.readFileSync(`${locales}/locales-${name}.xml`, "utf8"),
    retrieveItem: (id) => items[id],
  };
  const engine = new CSL.Engine(system, xml, language, true);
  engine.setOutputFormat("html");
  return works.map(([{ id }, locator]) => {
    // Each work is cited by itself, so that no other is distinguished from it.
    engine.updateItems([id]);
    const cite = locator ? { id, locator, label: "page" } : { id };
    const citation = { citationItems: [cite], properties: { noteIndex: 1 } };
    const written = engine.previewCitationCluster(citation, [], [], "html");
    return [marked(written), marked(engine.makeBibliography()[1].join(""))];
  });
}

const result = {};
for (const [name, file] of Object.entries(FILES)) {
  const xml = fs.readFileSync(`${styles}/${file}.csl`, "utf8");
  result[name] = citationsOf(xml, name === "harvard" ? "en-GB" : "en-US");
}
process.stdout.write(JSON.stringify(result));
