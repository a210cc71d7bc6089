GOTOOLCHAIN=go1.27.4 lagvet gopls build --output ~/bin/gopls
