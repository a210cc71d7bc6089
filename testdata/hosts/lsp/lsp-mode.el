(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '("lagvet" "lsp"))
                    :activation-fn (lsp-activate-on "go")
                    :server-id 'lagvet
                    :add-on? t)))
