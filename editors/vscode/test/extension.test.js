// The extension with the editor's API and the client stubbed.
const assert = require("node:assert/strict");
const Module = require("node:module");
const test = require("node:test");

const said = [];
const applied = [];
const requests = [];
const commands = new Map();
let settings = {};
let choose = (items) => items[0];
let starts = true;

const vscode = {
  workspace: {
    getConfiguration: () => ({ get: (name, otherwise) => settings[name] ?? otherwise }),
    applyEdit: async (edit) => applied.push(edit),
  },
  window: {
    activeTextEditor: {
      document: { uri: "file:///draft.md" },
      selection: { start: { line: 3, character: 5 }, end: { line: 3, character: 5 } },
    },
    showQuickPick: async (items) => choose(items),
    showErrorMessage: async (sentence) => said.push(sentence),
  },
  commands: { registerCommand: (name, call) => (commands.set(name, call), { dispose() {} }) },
};

class LanguageClient {
  code2ProtocolConverter = { asUri: (uri) => uri };
  protocol2CodeConverter = { asWorkspaceEdit: async (edit) => ({ converted: edit }) };
  constructor(id, name, server, options) {
    Object.assign(this, { id, name, server, options });
  }
  async start() {
    if (!starts) throw new Error("no such command");
  }
  async stop() {}
  async sendRequest(method, params) {
    requests.push([method, params]);
    return [
      { title: "a", citation: "(Gill 849)", text: "first", edit: { changes: 1 } },
      { title: "b", citation: "(Gill 850)", text: "second", edit: { changes: 2 } },
    ];
  }
}

const load = Module._load;
Module._load = (name, ...rest) =>
  name === "vscode" ? vscode : name === "vscode-languageclient/node" ? { LanguageClient } : load(name, ...rest);
const extension = require("../out/extension.js");

test("the server is the command that is set", () => {
  assert.deepEqual(extension.serverOptions(), { command: "assistant", args: ["lsp"] });
  settings = { command: ["/venv/bin/assistant", "lsp", "--style", "apa"] };
  assert.deepEqual(extension.serverOptions(), { command: "/venv/bin/assistant", args: ["lsp", "--style", "apa"] });
  settings = {};
});

test("drafts on disk and unsaved ones of five languages are checked", () => {
  const { documentSelector } = extension.clientOptions();
  assert.equal(documentSelector.length, 10);
  assert.ok(documentSelector.some((each) => each.scheme === "untitled" && each.language === "typst"));
});

test("a chosen passage is quoted, and none if none is chosen", async () => {
  await extension.activate({ subscriptions: [] });
  choose = (items) => items[1];
  await commands.get("essayAssistant.findEvidence")();
  assert.deepEqual(requests[0], [
    "workspace/executeCommand",
    { command: "assistant.listEvidence", arguments: ["file:///draft.md", [3, 5, 3, 5]] },
  ]);
  assert.deepEqual(applied, [{ converted: { changes: 2 } }]);
  choose = () => undefined;
  await commands.get("essayAssistant.findEvidence")();
  assert.equal(applied.length, 1);
});

test("a server that does not start is said in one sentence", async () => {
  starts = false;
  await extension.activate({ subscriptions: [] });
  assert.equal(said.length, 1);
  assert.match(said[0], /pip install/);
});
