vim.lsp.config('gopls', {
  cmd = { vim.fs.normalize('~/bin/gopls') },
  settings = {
    gopls = {
      analyses = { hotdefer = false },
    },
  },
})
vim.lsp.enable('gopls')
