vim.lsp.config('lagvet', {
  cmd = { 'lagvet', 'lsp' },
  filetypes = { 'go' },
  root_markers = { 'go.work', 'go.mod', '.git' },
  settings = {
    lagvet = {
      tier = 'likely',
      onChange = false,
    },
  },
})
vim.lsp.enable('lagvet')
