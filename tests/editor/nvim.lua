-- Drives Neovim's own client; writes what the server answered as JSON into the file named in $RESULT.
local result = {}
local function request(method, line, column, more)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    position = { line = line, character = column },
  }
  for name, value in pairs(more or {}) do params[name] = value end
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000) or {}
  for _, answer in pairs(answers) do return answer.result, answer.error end
end

vim.cmd("edit " .. vim.fn.fnameescape(vim.env.DRAFT))
vim.bo.filetype = "markdown"
local client = vim.lsp.start_client({
  name = "essay-assistant",
  cmd = vim.split(vim.env.SERVER, "\n"),
  root_dir = vim.fn.getcwd(),
})
vim.lsp.buf_attach_client(0, client)
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, found in ipairs(vim.diagnostic.get(0)) do
  table.insert(result, { "diagnostic", found.lnum, found.col, found.code })
end

local hover = request("textDocument/hover", 0, 20)
table.insert(result, { "hover", hover.contents.value })
local place = request("textDocument/definition", 0, 20)
table.insert(result, { "definition", place.uri })

local range = { start = { line = 0, character = 20 }, ["end"] = { line = 0, character = 20 } }
local actions = request("textDocument/codeAction", 0, 20, { range = range, context = { diagnostics = {} } })
for _, action in ipairs(actions) do
  if action.title == "Set as printed" then
    vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  end
end
table.insert(result, { "line", vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] })
vim.wait(60000, function() return #vim.diagnostic.get(0) == 0 end, 50)
table.insert(result, { "left", #vim.diagnostic.get(0) })

vim.api.nvim_buf_set_lines(0, 2, 3, false, { "😀 They say “The tool cannot" })
-- Columns are in units of UTF-16: the first character has two.
local column = vim.str_utfindex(vim.api.nvim_buf_get_lines(0, 2, 3, false)[1])
local listed = request("textDocument/completion", 2, column + 1)
vim.lsp.util.apply_text_edits({ listed.items[1].textEdit }, 0, "utf-16")
table.insert(result, { "completed", vim.api.nvim_buf_get_lines(0, 2, 3, false)[1] })

vim.lsp.stop_client(client)
vim.wait(10000, function() return vim.lsp.client_is_stopped(client) end, 50)
vim.fn.writefile({ vim.fn.json_encode(result) }, vim.env.RESULT)
vim.cmd("qall!")
