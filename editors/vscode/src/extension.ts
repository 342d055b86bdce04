import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

const LANGUAGES = ["markdown", "latex", "plaintext", "typst", "org"];
let client: LanguageClient | undefined;

interface Evidence {
  title: string;
  citation: string;
  text: string;
  edit: unknown;
}

/** The command that starts the server, as the user has set it. */
export function serverOptions(): ServerOptions {
  const [command, ...args] = vscode.workspace
    .getConfiguration("essayAssistant")
    .get<string[]>("command", ["assistant", "lsp"]);
  return { command: command ?? "assistant", args };
}

export function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: LANGUAGES.flatMap((language) => [
      { scheme: "file", language },
      { scheme: "untitled", language },
    ]),
    initializationOptions: vscode.workspace.getConfiguration("essayAssistant"),
    synchronize: { configurationSection: "essayAssistant" },
  };
}

/** Let the user choose a passage for the sentence at the cursor, and quote it. */
export async function findEvidence(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !client) return;
  const { start, end } = editor.selection;
  const found = await client.sendRequest<Evidence[]>("workspace/executeCommand", {
    command: "assistant.listEvidence",
    arguments: [
      client.code2ProtocolConverter.asUri(editor.document.uri),
      [start.line, start.character, end.line, end.character],
    ],
  });
  if (found.length === 0) return;
  const items = found.map((each) => ({ label: each.citation, detail: each.text, edit: each.edit }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: "Which passage is to be quoted?",
    matchOnDetail: true,
  });
  if (!chosen) return;
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(chosen.edit as never);
  if (edit) await vscode.workspace.applyEdit(edit);
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  client = new LanguageClient("essayAssistant", "Essay Assistant", serverOptions(), clientOptions());
  context.subscriptions.push(
    vscode.commands.registerCommand("essayAssistant.findEvidence", findEvidence),
    vscode.commands.registerCommand("essayAssistant.restart", () => client?.restart()),
  );
  try {
    await client.start();
  } catch {
    void vscode.window.showErrorMessage(
      "Essay Assistant: the server does not start; install it with: pip install 'essay-assistant[editor]', " +
        "or set essayAssistant.command.",
    );
  }
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
