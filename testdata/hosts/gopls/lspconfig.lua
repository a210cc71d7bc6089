require('lspconfig').gopls.setup({
  cmd = { vim.fn.expand('~/bin/gopls') },
  settings = {
    gopls = {
      analyses = { hotdefer = false },
    },
  },
})
