module example.com/stw

go 1.26
