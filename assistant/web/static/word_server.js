/* What the pane asks the server that it comes from. */
(() => {
  "use strict";

  const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  const SILENT = "The server does not answer; start it with: assistant serve.";
  const WRONG = "The server knows no such name and password.";

  async function fetched(address, init) {
    try {
      return await fetch(`../${address}`, { credentials: "same-origin", ...init });
    } catch {
      throw new addin.Refusal(SILENT);
    }
  }

  let entering = null; // while the login is looked after, which calls at the same time share

  /* A browser asks for a password itself where the interface for programs refuses, so the login is asked for first. */
  const loggedIn = () => (entering ??= enter().finally(() => (entering = null)));

  async function enter() {
    const isIn = async () => (await fetched("gradio_api/login_check")).status !== 401;
    const form = addin.element("login");
    const parts = addin.element("parts");
    const wereHidden = parts.hidden;
    while (!(await isIn())) {
      form.hidden = false;
      parts.hidden = true;
      await new Promise((resolve) => {
        form.onsubmit = async (event) => {
          event.preventDefault();
          const reply = await fetched("login", { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
          addin.element("fault").textContent = reply?.ok ? "" : reply ? WRONG : SILENT;
          if (reply?.ok) resolve();
        };
      });
    }
    form.hidden = true;
    parts.hidden = wereHidden;
  }

  async function answer(address, init) {
    await loggedIn();
    const reply = await fetched(`api/${address}`, { method: "POST", ...init });
    const value = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new addin.Refusal(value.error || `The server refused this (${reply.status}).`);
    return value;
  }

  /* A call of the interface for programs, by its name. */
  addin.call = (name, fields) =>
    answer(name, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });

  addin.checkFile = (bytes, { style, essays }) => {
    const fields = new URLSearchParams([["style", style], ...essays.map((id) => ["essay", id])]);
    return answer(`check-file?${fields}`, { headers: { "Content-Type": DOCX }, body: bytes });
  };
})();
