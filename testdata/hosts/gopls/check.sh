~/bin/gopls check ./*.go
