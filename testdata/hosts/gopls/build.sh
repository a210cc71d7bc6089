lagvet gopls build --output ~/bin/gopls
