(setq lsp-go-gopls-server-path (expand-file-name "~/bin/gopls")
      lsp-go-analyses '((hotdefer . :json-false)))
