(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((go-mode go-ts-mode) . ("rass" "--" "gopls" "--" "lagvet" "lsp"))))
