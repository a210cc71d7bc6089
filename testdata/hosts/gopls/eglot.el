(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `((go-mode go-ts-mode go-mod-mode go-mod-ts-mode)
                 . (,(expand-file-name "~/bin/gopls")))))
(setq-default eglot-workspace-configuration
              '(:gopls (:analyses (:hotdefer :json-false))))
